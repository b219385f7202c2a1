import { expect } from 'chai'
import { eventsOf, next, reachable, statesOf } from '../../../ww/chart/chart.ts'
import { targetChart } from '../../../ww/supervisor/target/chart.ts'

/** The whole chart again, as a person reads it. */
const expected: Record<string, Record<string, string>> = {
  UNKNOWN: { answered: 'RUNNING', pending: 'PENDING', refused: 'DOWN', failed: 'ERROR', stop: 'STOPPING' },
  PENDING: { answered: 'RUNNING', refused: 'DOWN', failed: 'ERROR', stop: 'STOPPING' },
  RUNNING: { pending: 'PENDING', refused: 'DOWN', failed: 'ERROR', stop: 'STOPPING' },
  DOWN: {
    answered: 'RUNNING',
    pending: 'PENDING',
    spawned: 'PROVISIONING',
    leftover: 'STOPPING',
    stop: 'STOPPING',
    retry: 'DOWN',
  },
  PROVISIONING: {
    answered: 'RUNNING',
    pending: 'PENDING',
    ended: 'DOWN',
    overdue: 'STOPPING',
    stop: 'STOPPING',
  },
  ERROR: { kill: 'STOPPING', stop: 'STOPPING' },
  STOPPING: { gone: 'DOWN' },
}

describe('the chart of a target', () => {
  for (const state of statesOf(targetChart)) {
    for (const event of eventsOf(targetChart)) {
      const target = expected[state]?.[event]
      it(`${state} ${target ? `goes to ${target} on` : 'does not move on'} ${event}`, () => {
        expect(next(targetChart, state, event) ?? undefined).to.equal(target)
      })
    }
  }

  it('has the seven states, each within reach', () => {
    expect([...reachable(targetChart)].sort()).to.deep.equal(Object.keys(expected).sort())
  })
})
