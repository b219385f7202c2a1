import { expect } from 'chai'
import { parseDuration } from '../../ww/base/duration.ts'

describe('parseDuration', () => {
  for (const [text, ms] of [
    ['0s', 0],
    ['500ms', 500],
    ['0.4ms', 0],
    ['0.5ms', 1],
    ['30s', 30_000],
    [' 30s ', 30_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['5m', 300_000],
  ] as const) {
    it(`reads "${text}"`, () => expect(parseDuration(text)).to.equal(ms))
  }
  for (const text of ['30', 's', '-1s', '1 week', '', '1s2', '1.s', '.5s', '1S', 'x1s']) {
    it(`returns null for "${text}"`, () => expect(parseDuration(text)).to.equal(null))
  }
})
