import { expect } from 'chai'
import { drawSvg } from '../../ww/states/draw-chart.ts'
import { colours, door, recordOf, timed } from './charts.ts'
import { TestService } from './states.ts'

const draw = (text: string): string => drawSvg(recordOf(text))
const statesOf = (svg: string): string[] =>
  [...svg.matchAll(/data-state="([^"]*)"/g)].map(([, name = '']) => name)
const currentOf = (svg: string): string[] =>
  [...svg.matchAll(/class="state current" data-state="([^"]*)"/g)].map(([, name = '']) => name)
const arrowsOf = (svg: string): string[] =>
  [...svg.matchAll(/class="arrow">.*?<text[^>]*>(.*?)<\/text>/g)].map(([, label = '']) =>
    label.replace(/<[^>]*>/g, ''),
  )

describe('the drawing of a chart', () => {
  it('has every state, the current one marked, and every way with what it takes', () => {
    const svg = draw(colours.replace('current_state: green', 'current_state: red'))
    expect(statesOf(svg)).to.deep.equal(['green_state', 'red_state', 'blue_state'])
    expect(currentOf(svg)).to.deep.equal(['red_state'])
    expect(arrowsOf(svg)).to.deep.equal(['count 0 of 2', 'count 0 of 1'])
    expect(arrowsOf(draw(timed('3000-01-01T02:00:00')))[0]).to.equal('at 3000-01-01T02:00:00')
  })

  it('has one way for events that lead the same way, and none for those that are ignored', () => {
    const svg = draw(door.replace('open: opened', 'open: opened, push: opened'))
    expect(arrowsOf(svg)).to.deep.equal(['open, push', 'close', 'break'])
  })

  it('takes names for text, whatever they are', () => {
    const evil = '<script>&"'
    const svg = draw(JSON.stringify({ initial: evil, states: { [evil]: { on: { '</text>': evil } } } }))
    expect(svg).not.to.contain('<script>').and.not.to.contain('</text></text>')
  })

  it('keeps everything within its frame', () => {
    const long = 'x'.repeat(40)
    const svg = draw(
      JSON.stringify({
        initial: 'a',
        states: {
          a: { on: { [long]: 'c', b: 'b' } },
          b: { on: { b: 'b', c: 'c' } },
          c: { on: { [long]: 'a' } },
        },
      }),
    )
    const [, width] = /viewBox="0 0 (\d+)/.exec(svg) ?? []
    for (const [, x, anchor, label = ''] of svg.matchAll(
      /<text x="([\d.-]+)" y="[^"]*" text-anchor="(\w+)">(.*?)</g,
    )) {
      const end = Number(x) + (anchor === 'end' ? -1 : 1) * label.length * 7
      expect(Math.min(Number(x), end), label).to.be.at.least(0)
      expect(Math.max(Number(x), end), label).to.be.at.most(Number(width))
    }
  })
})

describe('the pages', () => {
  let service: TestService
  beforeEach(async () => {
    service = await new TestService().start(colours)
  })
  afterEach(() => service.remove())
  const page = async (path: string): Promise<string> => (await service.ask(`GET ${path}`)).text()

  it('show the only machine at once, with its history, and a list when there are several', async () => {
    await service.status('PUT /state?state=green_state')
    const only = await page('/')
    expect(currentOf(only)).to.deep.equal(['green_state'])
    expect(only).to.contain('count is 1').and.contain('data-machine="default"')
    expect(await page('/machines/default/page')).to.equal(only)
    await service.make('door', door)
    const list = await page('/')
    expect(list).to.contain('/machines/door/page').and.contain('/machines/default/page')
    expect(currentOf(await page('/machines/door/page'))).to.deep.equal(['closed'])
  })

  it('load nothing from elsewhere, and run no script but their own', async () => {
    const answer = await service.ask('GET /')
    expect(answer.headers.get('content-security-policy')).to.contain("default-src 'none'")
    expect(await answer.text()).not.to.match(/https?:|<script>|onclick|style=/)
  })
})
