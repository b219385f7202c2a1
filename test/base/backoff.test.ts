import { expect } from 'chai'
import { backoffDelay } from '../../ww/base/backoff.ts'

describe('a back-off', () => {
  const settings = { backoff: 100, backoffMax: 1000, jitter: 0.2 }

  it('is none before the first try, then doubles up to the longest', () => {
    const delays = [0, 1, 2, 3, 4, 5, 6, 7, 2000].map((attempt) => backoffDelay(attempt, 0, settings))
    expect(delays).to.deep.equal([0, 0, 100, 200, 400, 800, 1000, 1000, 1000])
  })

  it('is shorter by up to the jitter', () => {
    expect(backoffDelay(2, 0.5, settings)).to.equal(90)
    expect(backoffDelay(2, 1, settings)).to.equal(80)
    expect(backoffDelay(9, 1, settings)).to.equal(800)
  })
})
