import { expect } from 'chai'
import { type Browser, chromium, type Page } from 'playwright-core'
import { colours, door } from '../states/charts.ts'
import { TestService } from '../states/states.ts'

describe('the page of a machine in a browser', () => {
  let browser: Browser
  let service: TestService
  let page: Page
  const mistakes: string[] = []

  before(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', chromiumSandbox: false })
  })
  after(() => browser?.close())
  beforeEach(async () => {
    service = await new TestService().start(colours)
    page = await browser.newPage()
    mistakes.length = 0
    page.on('pageerror', ({ message }) => mistakes.push(message))
    page.on('console', (message) => {
      if (message.type() === 'error') mistakes.push(message.text())
    })
  })
  afterEach(async () => {
    await page.close()
    await service.remove()
    expect(mistakes).to.deep.equal([])
  })

  const live = async (path: string): Promise<void> => {
    await page.goto(`${service.url}${path}`)
    await page.getByText('live', { exact: true }).waitFor()
  }

  it('marks the current state, and follows it with the counts and the history', async () => {
    await live('/')
    expect(await page.locator('.current').textContent()).to.contain('green_state')
    await service.status('PUT /state?state=green_state')
    await page.getByText('count 1 of 2').waitFor()
    await service.status('PUT /state?state=green_state')
    await page.locator('.current[data-state=red_state]').waitFor()
    expect(await page.locator('.current').count()).to.equal(1)
    expect(await page.locator('#state').textContent()).to.equal('red_state')
    expect(await page.title()).to.equal('default: red_state')
    expect(await page.locator('#history tr').allTextContents()).to.have.length(2)
    expect(await page.locator('#history tr').first().textContent()).to.contain('green_state: count is 2')
  })

  it('goes on after the service was away, with what happened since', async () => {
    await service.make('door', door)
    await live('/machines/door/page')
    const { port } = new URL(service.url)
    await service.stop()
    await page.getByText('connection lost').waitFor()
    await service.start(undefined, Number(port))
    for (const event of ['open', 'close', 'open'])
      await service.ask('POST /machines/door/events', { body: JSON.stringify({ event }) })
    await page.locator('.current[data-state=opened]').waitFor()
    expect(await page.locator('#history tr').allTextContents()).to.have.length(3)
    mistakes.length = 0
  })

  it('is readable in the light and in the dark', async () => {
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.emulateMedia({ colorScheme: 'light' })
    await live('/')
    expect(await ground()).to.equal('rgb(255, 255, 255)')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await ground()).to.equal('rgb(20, 23, 29)')
  })
})
