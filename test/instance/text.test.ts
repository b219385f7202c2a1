import { expect } from 'chai'
import { formatDuration, formatLimit } from '../../ww/base/text.ts'
import { Progress } from '../../ww/instance/progress.ts'
import { useColours } from '../../ww/instance/terminal.ts'

describe('a duration', () => {
  for (const [ms, text] of [
    [-5, '0 ms'],
    [0, '0 ms'],
    [310.4, '310 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [4800, '4.8 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [41_000, '41 s'],
    [59_499, '59 s'],
    [59_500, '1 min 0 s'],
    [192_000, '3 min 12 s'],
    [3_599_499, '59 min 59 s'],
    [3_600_000, '1 h 0 min'],
    [11_520_000, '3 h 12 min'],
    [86_399_000, '23 h 59 min'],
    [86_400_000, '1 d 0 h'],
    [187_200_000, '2 d 4 h'],
  ] as const) {
    it(`of ${ms} ms is ${text}`, () => expect(formatDuration(ms)).to.equal(text))
  }

  for (const [ms, text] of [
    [9000, '9 s'],
    [9500, '9.5 s'],
    [10_000, '10 s'],
    [300_000, '5 min'],
    [90_000, '1 min 30 s'],
    [3_600_000, '1 h'],
    [86_400_000, '1 d'],
    [300, '300 ms'],
  ] as const) {
    it(`that is configured as ${ms} ms is ${text}`, () => expect(formatLimit(ms)).to.equal(text))
  }
})

describe('the progress of a command that waits', () => {
  const watch = (isTTY: boolean, times: readonly (readonly [ms: number, what: string])[]) => {
    let text = ''
    const write = (chunk: unknown): boolean => {
      text += chunk
      return true
    }
    const progress = new Progress({ isTTY, write }, 1000)
    for (const [ms, what] of times) progress.report(what, '5 min', 1000 + ms)
    progress.end()
    return text
  }
  const times = (text: string) => [...text.matchAll(/\(for ([^,]*),/g)].map(([, time]) => time)

  it('is a line after 1 s, 10 s, 1 min, 5 min, and then every 5 min', () => {
    const every = Array.from({ length: 1000 }, (_, second) => [second * 1000, 'x'] as const)
    expect(times(watch(false, every))).to.deep.equal([
      ...['1.0 s', '10 s', '1 min 0 s', '5 min 0 s', '10 min 0 s', '15 min 0 s'],
    ])
  })

  it('is a line when something changes, but none in the first second', () => {
    const text = watch(false, [
      [0, 'a'],
      [999, 'b'],
      [2000, 'c'],
      [2100, 'c'],
      [2200, 'd'],
    ])
    expect(text).to.equal('c (for 2.0 s, limit 5 min)\nd (for 2.2 s, limit 5 min)\n')
  })

  it('is one line on a terminal, rewritten each second and removed at the end', () => {
    const text = watch(true, [
      [500, 'a'],
      [1000, 'a'],
      [1500, 'b'],
      [2000, 'b'],
    ])
    const erase = '\r\u001b[K'
    expect(text).to.equal(`${erase}a (for 1.0 s, limit 5 min)${erase}b (for 2.0 s, limit 5 min)${erase}`)
  })

  it('removes nothing from a terminal where it has written nothing', () => {
    expect(watch(true, [[500, 'a']])).to.equal('')
  })
})

describe('colours', () => {
  const terminal = { isTTY: true }
  const env = { TERM: 'xterm' }

  it('are for terminals', () => {
    expect(useColours(undefined, terminal, env)).to.equal(true)
    expect(useColours('auto', terminal, env)).to.equal(true)
    expect(useColours('auto', {}, env)).to.equal(false)
  })

  it('are off with NO_COLOR that is not empty, and with TERM unset or dumb', () => {
    expect(useColours('auto', terminal, { ...env, NO_COLOR: '1' })).to.equal(false)
    expect(useColours('auto', terminal, { ...env, NO_COLOR: '' })).to.equal(true)
    for (const TERM of [undefined, '', 'dumb']) expect(useColours('auto', terminal, { TERM })).to.equal(false)
  })

  it('are what --color says', () => {
    expect(useColours('always', {}, { NO_COLOR: '1' })).to.equal(true)
    expect(useColours('never', terminal, env)).to.equal(false)
    expect(() => useColours('red', terminal, env)).to.throw(
      '--color: "red" is not one of auto, always and never',
    )
  })
})
