import { expect } from 'chai'
import { backoffDelay } from '../../ww/base/backoff.ts'
import { decideRestart, noRestarts, type RestartHistory } from '../../ww/lifecycle/restart-policy.ts'

const settings = {
  limit: 3,
  window: 60_000,
  backoff: 1000,
  backoffMax: 5000,
  jitter: 0.2,
  stable: 10_000,
}

function allow(history: RestartHistory, now: number, upFor: number) {
  const decision = decideRestart(history, { now, upFor, random: 0 }, settings)
  if (decision.kind !== 'restart') throw new Error('the restart was not allowed')
  return decision
}

describe('the restart policy', () => {
  it('allows the first restart at once, the next ones after a delay that doubles up to the maximum', () => {
    const delays = [0, 1, 2, 3, 4, 5, 50].map((attempt) => backoffDelay(attempt, 0, settings))
    expect(delays).to.deep.equal([0, 0, 1000, 2000, 4000, 5000, 5000])
  })

  it('takes up to the jitter off the delay', () => {
    expect(backoffDelay(3, 0.5, settings)).to.equal(1800)
    expect(backoffDelay(3, 1, settings)).to.equal(1600)
  })

  it('counts a row of restarts, and starts a new one after a stable time', () => {
    let history = noRestarts
    const attempts = [0, 9999, 10_000].map((upFor, now) => {
      history = allow(history, now, upFor).history
      return history.attempt
    })
    expect(attempts).to.deep.equal([1, 2, 1])
  })

  it('decides on the delay of its own place in the row', () => {
    expect(allow({ restarts: [1], attempt: 1 }, 2, 0)).to.include({ delay: 1000, recent: 2 })
    expect(allow({ restarts: [1], attempt: 1 }, 2, 10_000)).to.include({ delay: 0, recent: 2 })
  })

  it('allows no more than the limit within the window, stable or not', () => {
    const history = { restarts: [1, 2, 3], attempt: 3 }
    const at = (now: number): string =>
      decideRestart(history, { now, upFor: 99_999, random: 0 }, settings).kind
    expect([4, 60_000, 60_001].map(at)).to.deep.equal(['exhausted', 'exhausted', 'restart'])
  })

  it('forgets restarts that have left the window', () => {
    const { history, recent } = allow({ restarts: [1, 2, 70_000], attempt: 1 }, 70_001, 0)
    expect(history.restarts).to.deep.equal([70_000, 70_001])
    expect(recent).to.equal(2)
  })
})
