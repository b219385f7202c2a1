import { expect } from 'chai'
import { backoff, decideRestart, noRestarts, type RestartHistory } from '../../ww/lifecycle/governor.ts'

const settings = {
  limit: 3,
  window: 60_000,
  backoff: 1000,
  backoffMax: 5000,
  jitter: 0.2,
  stable: 10_000,
  warmup: false,
}

describe('the restart governor', () => {
  it('lets the first restart go at once, the next ones after a delay that doubles up to the cap', () => {
    expect([1, 2, 3, 4, 5, 50].map((attempt) => backoff(attempt, 0, settings))).to.deep.equal([
      0, 1000, 2000, 4000, 5000, 5000,
    ])
  })

  it('takes up to the jitter’s part off the delay', () => {
    expect(backoff(3, 0.5, settings)).to.equal(1800)
    expect(backoff(3, 1, settings)).to.equal(1600)
  })

  it('counts a row of restarts, and begins anew after a stable time', () => {
    let history: RestartHistory = noRestarts
    const attempts = [0, 100, 10_000].map((upFor, index) => {
      const decision = decideRestart(history, { now: index, upFor, random: 0 }, settings)
      history = decision.history
      return history.attempt
    })
    expect(attempts).to.deep.equal([1, 2, 1])
  })

  it('allows no more than the limit within the window, stable or not', () => {
    const history = { restarts: [1, 2, 3], attempt: 3 }
    expect(decideRestart(history, { now: 4, upFor: 99_999, random: 0 }, settings)).to.include({
      kind: 'exhausted',
    })
    expect(decideRestart(history, { now: 60_002, upFor: 99_999, random: 0 }, settings)).to.include({
      kind: 'restart',
    })
  })

  it('forgets restarts that have left the window', () => {
    const { history } = decideRestart(
      { restarts: [1, 2, 70_000], attempt: 1 },
      { now: 70_001, upFor: 0, random: 0 },
      settings,
    )
    expect(history.restarts).to.deep.equal([70_000, 70_001])
  })
})
