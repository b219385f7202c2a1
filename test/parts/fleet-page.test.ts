import { expect } from 'chai'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { bundlePage } from '../../docker/build/page.ts'
import { bootAt, endInstances, makePlace, writeHook } from '../helpers/real-instance.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'
import { until } from '../helpers/until.ts'
import { makeSender } from '../receiver/receivers.ts'

/** A directory to put screenshots in, for somebody who wants to see them. */
const shots = process.env.WW_SHOTS

describe('the page of the fleet in a browser', () => {
  let browser: Browser
  let receiver: RealReceiver
  let page: Page
  let mistakes: string[]
  const root = new URL('../../', import.meta.url).pathname

  before(async () => {
    await bundlePage(`${root}ww/receiver/page`, `${root}dist/fleet-page`)
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: false })
  })
  after(() => browser?.close())
  beforeEach(async () => {
    receiver = await new RealReceiver().start()
  })
  afterEach(async () => {
    await page.close()
    await endInstances()
    await receiver.remove()
    expect(mistakes).to.deep.equal([])
  })

  const open = async (options: BrowserContextOptions = {}, path = '/'): Promise<void> => {
    page = await browser.newPage(options)
    mistakes = []
    page.on('pageerror', ({ message }) => mistakes.push(message))
    page.on('console', (message) => {
      const expected = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY|ERR_CONNECTION_RESET/
      if (message.type() === 'error' && !expected.test(message.text())) mistakes.push(message.text())
    })
    await page.goto(`${receiver.url}${path}`)
    await page.getByText('● live').waitFor()
  }
  const shoot = async (name: string): Promise<void> => {
    if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
  }
  const post = async (events: object[]): Promise<void> => {
    const answer = await fetch(`${receiver.url}/v1/events`, {
      method: 'POST',
      body: JSON.stringify(events),
      headers: { 'content-type': 'application/cloudevents-batch+json' },
    })
    expect(answer.status).to.equal(200)
  }
  const event = (index: number, state: string, more: object = {}): object => ({
    specversion: '1.0',
    id: `boot-${index}-${state}`,
    type: 'whaleware.lifecycle',
    source: '/test',
    time: new Date(Date.now() - 1000 * (index + 1)).toISOString(),
    data: {
      ...{
        app: `app-${index % 5}`,
        instance: `web-${index}`,
        version: `1.${index % 3}`,
        bootId: `boot-${index}`,
      },
      ...{ sequence: 2, interval: 600_000, labels: { host: `host-${index % 20}` }, configHash: '5f', state },
      ...{ previous: 'WARMUP', reason: 'ready', attempt: 0, previousMs: 10, ...more },
    },
  })
  const fleet = (count: number): object[] =>
    Array.from({ length: count }, (_, index) => event(index, index % 50 === 7 ? 'ERROR' : 'UP'))
  const row = (text: string) => page.locator('.rows .row', { hasText: text })

  it('shows a real instance going through its life, with its numbers and why', async () => {
    const place = makePlace({
      serve: 'exec sleep 1000',
      monitor: 'test ! -e "$WW_RUN/sick" && echo "{\\"load\\": $(($(date +%s) % 7)), \\"size\\": 1200}"',
    })
    const ww = {
      ...{
        app: 'shop',
        instance: 'web-1',
        version: '2.1',
        labels: { host: 'h1' },
        monitor: { every: '200ms' },
      },
      notify: { url: `${receiver.url}/v1/events` },
    }
    const instance = bootAt(place, { ww })
    await open()
    await row('web-1').getByText('UP').waitFor()
    expect(await row('web-1').textContent())
      .to.contain('shop')
      .and.contain('2.1')
      .and.contain('h1')
    await row('web-1').getByText('load').waitFor()
    await page.getByRole('link', { name: 'web-1' }).click()
    await page.locator('.chart', { hasText: 'size' }).locator('canvas').waitFor()
    await page.getByText('RESTARTING').waitFor({ state: 'detached' })
    instance.signal('SIGHUP')
    await page.locator('.timeline').getByText('RESTARTING').first().waitFor()
    await page.locator('.events').getByText('SIGHUP').waitFor()
    await page.locator('.facts').getByText('1 in the last hour').waitFor()
    await instance.reaches('UP')
    await page.locator('.now').getByText('UP').waitFor()
    await shoot('instance')
    await instance.stop()
    await page.locator('.now').getByText('STOPPED').waitFor()
    writeHook(place, 'boot', 'exit 1')
    bootAt(place, { ww })
    await page.locator('.now').getByText('ERROR').waitFor()
    await until(async () => (await page.locator('.timeline .boot').count()) === 1, 'the second boot')
  })

  it('shows the states of an instance that has reported its stats for a day since', async () => {
    const sender = makeSender('a')
    const began = Date.now() - 600 * 30_000
    await post([sender.entered('UP', 'all is well', began)])
    await post(Array.from({ length: 600 }, (_, index) => sender.pushed({ load: 1 }, began + index * 30_000)))
    await open({}, '/#/instances/shop:web-1')
    await page.locator('.timeline').getByText('UP').waitFor()
    await page.locator('.events').getByText('all is well').waitFor()
  })

  it('filters by status, searches, sorts and groups', async () => {
    await post(fleet(200))
    await open()
    await row('web-7').first().waitFor()
    expect(await page.locator('.rows .row').first().textContent()).to.contain('ERROR')
    await shoot('fleet')
    await page.getByRole('button', { name: /ERROR/ }).click()
    await until(async () => (await page.locator('.rows .row').count()) === 4, 'only the four in ERROR')
    await page.getByRole('button', { name: /200 all/ }).click()
    await page.getByLabel('Search').fill('host-3 web-123')
    await until(async () => (await page.locator('.rows .row').count()) === 1, 'the one that matches')
    await page.getByLabel('Search').fill('')
    await page.getByRole('button', { name: 'Instance', exact: true }).click()
    await until(
      async () => (await page.locator('.rows .row').first().textContent())?.includes('web-0') ?? false,
    )
    await page.getByLabel('Group by').selectOption('app')
    await page.locator('.row.group', { hasText: 'app-0' }).waitFor()
    await shoot('groups')
    await page.locator('.app.bad', { hasText: 'app-2' }).getByText('major failure').waitFor()
    await page.locator('.app').first().click()
    expect(await page.getByLabel('Search').inputValue()).to.equal('app:app-2')
  })

  it('has what is selected in its address, so that it can be kept and sent to somebody', async () => {
    await post(fleet(60))
    await open({}, '/#/?search=host-&status=ERROR')
    await until(async () => (await page.locator('.rows .row').count()) === 2, 'the two in ERROR')
    expect(await page.title()).to.equal('✕ 2 · whaleware fleet')
    await page.getByLabel('Group by').selectOption('app')
    await page.reload()
    await page.locator('.row.group', { hasText: 'app-2' }).waitFor()
    await page.getByRole('link', { name: 'web-7', exact: true }).click()
    await page.getByRole('link', { name: 'the fleet', exact: false }).first().waitFor()
    await page.goBack()
    await page.locator('.row.group', { hasText: 'app-2' }).waitFor()
    expect(new URL(page.url()).hash).to.equal('#/?search=host-&status=ERROR&group=app')
  })

  it('tells every age by the receiver’s clock, whatever the browser’s says', async () => {
    await post([event(1, 'UP')])
    page = await browser.newPage()
    mistakes = []
    await page.addInitScript('const now = Date.now; Date.now = () => now() + 3_600_000')
    await page.goto(receiver.url)
    await row('web-1').getByText('UP').waitFor()
    await until(async () => /^\d s$/.test((await row('web-1').locator('.heard').textContent()) ?? ''))
  })

  it('is worked with the keyboard alone', async () => {
    await post(fleet(60))
    await open()
    await row('web-7').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('web-1')
    await page.getByRole('grid').focus()
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('k')
    const chosen = await page.locator('[aria-selected=true] .instance').textContent()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: chosen?.trim() ?? '', exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('grid').waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('Escape')
    expect(await page.getByLabel('Search').inputValue()).to.equal('')
    await page.keyboard.press('/')
    await page.keyboard.type('web-1')
    await page.keyboard.press('Escape')
    await until(async () => (await page.getByLabel('Search').inputValue()) === '', 'the search is ended')
    const isSearching = (): Promise<unknown> => page.evaluate('document.activeElement.type === "search"')
    expect(await isSearching()).to.equal(true)
    await page.keyboard.press('Escape')
    expect(await isSearching()).to.equal(false)
  })

  it('has charts that tell how old their last value is, and turn dark with the page', async () => {
    await post([event(1, 'UP')])
    for (const [index, load] of [3, 5, 4, 6].entries()) {
      const pushed = event(1, 'UP', { sequence: 3 + index, stats: { load } })
      const time = new Date(Date.now() - (5 - index) * 60_000).toISOString()
      await post([{ ...pushed, id: `pushed-${index}`, type: 'whaleware.stats', time }])
    }
    await open({ bypassCSP: true })
    await page.getByRole('link', { name: 'web-1' }).click()
    await page.locator('.chart figcaption', { hasText: /load 6 2 min ago/ }).waitFor()
    // whether the line, and the words at the axes, are drawn in the colours that the style sheet gives now
    const isDrawn = `(() => {
      const plot = document.querySelector('.chart .plot')
      const canvas = plot.querySelector('canvas')
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      const has = (colour) => {
        const [r, g, b] = colour.match(/\\d+/g).map(Number)
        for (let i = 0; i < data.length; i += 4)
          if (data[i + 3] === 255 && data[i] === r && data[i + 1] === g && data[i + 2] === b) return true
        return false
      }
      return has(getComputedStyle(plot).borderTopColor) && has(getComputedStyle(plot).color)
    })()`
    const inks: unknown[] = []
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      inks.push(await page.evaluate("getComputedStyle(document.querySelector('.chart .plot')).color"))
      await page.waitForFunction(isDrawn)
    }
    expect(inks[0]).to.not.equal(inks[1])
  })

  it('keeps to the chosen instance whatever comes above it, and sorts by the keyboard too', async () => {
    await post(fleet(7))
    await open()
    await row('web-3').waitFor()
    await row('web-3').locator('.app').click()
    await page.getByRole('grid').focus()
    await post([event(5, 'ERROR', { sequence: 3 })])
    await row('web-5').getByText('ERROR').waitFor()
    expect(await page.locator('[aria-selected=true] .instance').textContent()).to.equal('web-3')
    await page.getByRole('button', { name: 'Instance', exact: true }).focus()
    await page.keyboard.press('Enter')
    await until(
      async () => (await page.locator('.rows .row').first().textContent())?.includes('web-0') ?? false,
    )
    await page.getByRole('button', { name: /ERROR/ }).click()
    await post([event(5, 'STOPPED', { sequence: 4 })])
    await page.getByRole('button', { name: /^0\s+ERROR/, pressed: true }).waitFor()
    await page.getByText('Nothing to show').waitFor()
  })

  it('has what fires on top, one line a cause, that leads to those that it hit', async () => {
    await post(fleet(60).filter((_, index) => index !== 57))
    await open()
    const alert = page.getByRole('list', { name: 'Alerts' }).getByRole('link')
    await alert.getByText('app-2 web-7: ERROR on host host-7').click()
    await page.locator('.now').getByText('ERROR').waitFor()
    await page.goBack()
    for (const index of [27, 47]) await post([event(index, 'ERROR', { sequence: 3 })])
    await alert.getByText('3 instances ERROR, all on host host-7').waitFor()
    await shoot('alerts')
    await alert.first().click()
    await until(async () => (await page.locator('.rows .row').count()) === 3, 'the three of the host')
    expect(await page.getByLabel('Search').inputValue()).to.equal('host:host-7')
  })

  it('forgets an instance that is gone for good, once that is confirmed', async () => {
    await post([event(1, 'UP'), event(7, 'ERROR')])
    await open({}, '/#/?search=web')
    await page.getByRole('link', { name: 'web-1', exact: true }).click()
    await page.locator('.now').getByText('UP').waitFor()
    expect(await page.getByRole('button', { name: /Forget/ }).count()).to.equal(0)
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'web-7', exact: true }).click()
    const answers = ['dismiss', 'accept'] as const
    for (const answer of answers) {
      page.once('dialog', (dialog) => dialog[answer]())
      await page.getByRole('button', { name: /Forget/ }).click()
    }
    await until(async () => (await page.locator('.rows .row').count()) === 1, 'one is left')
    expect(new URL(page.url()).hash).to.equal('#/?search=web')
    expect((await receiver.read<{ instances: object[] }>('/v1/instances')).instances).to.have.length(1)
  })

  it('says so when the receiver is away, and goes on with what happened since', async () => {
    await post([event(1, 'UP')])
    await open()
    await row('web-1').getByText('UP').waitFor()
    await receiver.end('SIGKILL')
    await page.getByText('no connection for').waitFor()
    await receiver.start()
    await post([{ ...event(1, 'STOPPED', { sequence: 3 }) }])
    await row('web-1').getByText('STOPPED').waitFor()
    await page.getByText('● live').waitFor()
  })

  it('says so too when the receiver says nothing any more, and comes back to it', async () => {
    await post([event(1, 'UP')])
    page = await browser.newPage()
    mistakes = []
    await page.clock.install()
    await page.goto(receiver.url)
    await page.getByText('● live').waitFor()
    process.kill(receiver.pid, 'SIGSTOP')
    await page.clock.fastForward(60_000)
    await page.getByText('no connection for').waitFor()
    process.kill(receiver.pid, 'SIGCONT')
    await page.getByText('● live').waitFor()
    await post([event(1, 'STOPPED', { sequence: 3 })])
    await row('web-1').getByText('STOPPED').waitFor()
  })

  it('asks for the token that reading needs', async () => {
    await receiver.remove()
    receiver = await new RealReceiver(['--read-token', 'open sesame']).start()
    await post([event(1, 'UP')])
    page = await browser.newPage()
    mistakes = []
    await page.goto(receiver.url)
    await page.getByLabel(/asks for a token/).fill('wrong word')
    await page.keyboard.press('Enter')
    await page.getByText('not known here').waitFor()
    await page.getByLabel(/asks for a token/).fill('open sesame')
    await page.keyboard.press('Enter')
    await row('web-1').getByText('UP').waitFor()
  })

  it('is readable in the dark, and on a phone', async () => {
    await post(fleet(60))
    await open({ colorScheme: 'dark', viewport: { width: 390, height: 800 } })
    await row('web-7').first().waitFor()
    await shoot('phone')
    const measure = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    expect(await page.evaluate(measure)).to.equal(0)
    const colour = await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    expect(colour).to.equal('rgb(20, 23, 26)')
  })

  it('holds 10,000 instances, and draws only those in sight', async () => {
    for (let from = 0; from < 10_000; from += 5000) await post(fleet(10_000).slice(from, from + 5000))
    // the page's own policy keeps the browser driver from waiting for an expression
    await open({ bypassCSP: true })
    // the browser's own clock, from the moment it was asked to open the page
    const seen = await page.waitForFunction("document.querySelector('.rows .row') && performance.now()")
    const painted = Number(await seen.jsonValue())
    await page.getByText('10,000').first().waitFor()
    await page.locator('.rows .row', { hasText: 'ERROR' }).first().waitFor()
    await shoot('ten-thousand')
    expect(await page.locator('.rows .row').count()).to.be.lessThan(80)
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    await until(async () => (await page.locator('[aria-rowindex="10001"]').count()) === 1, 'the last row')
    await post([event(20_000, 'LOST-AND-FOUND')])
    await page.getByRole('button', { name: /LOST-AND-FOUND/ }).waitFor()
    if (shots) process.stdout.write(`      rows painted after ${Math.round(painted)} ms\n`)
  })
})
