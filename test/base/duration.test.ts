import { expect } from 'chai'
import { parseDuration } from '../../ww/base/duration.ts'

describe('parseDuration', () => {
  const samples: [string, number][] = [
    ['0s', 0],
    ['500ms', 500],
    ['30s', 30_000],
    [' 5m ', 300_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['0.0004s', 0],
    ['0.0005s', 1],
  ]
  for (const [text, ms] of samples)
    it(`reads ${text} as ${ms} milliseconds`, () => expect(parseDuration(text)).to.equal(ms))

  for (const text of ['', '30', 's', '-1s', '1,5s', '1.s', '1 s', '1S', '1w', '1e3s', '1s2'])
    it(`reads nothing from ${JSON.stringify(text)}`, () => expect(parseDuration(text)).to.equal(null))
})
