import { expect } from 'chai'
import { eventsOf, isFinal, next, reachable, statesOf } from '../../ww/chart/chart.ts'
import { announcedStates, lifecycleChart } from '../../ww/lifecycle/chart.ts'

/** The whole chart again, as a person reads it: a line a state, an entry for each event that leads somewhere. */
const expected: Record<string, Record<string, string>> = {
  BOOT: {
    fresh: 'FIRSTBOOT',
    ready: 'UPGRADING',
    failed: 'FAILING',
    terminate: 'STOPPING',
    hurry: 'KILLING',
  },
  FIRSTBOOT: { ok: 'UPGRADING', failed: 'FAILING', terminate: 'STOPPING', hurry: 'KILLING' },
  UPGRADING: { ok: 'WARMUP', failed: 'FAILING', terminate: 'STOPPING', hurry: 'KILLING' },
  WARMUP: { ok: 'UP', failed: 'FAILING', terminate: 'STOPPING', hurry: 'KILLING' },
  UP: {
    unhealthy: 'RESTARTING',
    restart: 'RESTARTING',
    failed: 'FAILING',
    terminate: 'STOPPING',
    hurry: 'KILLING',
  },
  RESTARTING: { ok: 'UP', again: 'RESTARTING', failed: 'FAILING', terminate: 'STOPPING', hurry: 'KILLING' },
  FAILING: { done: 'ERROR', terminate: 'FAILING', hurry: 'ERROR' },
  STOPPING: { done: 'SWEEPING', hurry: 'KILLING' },
  SWEEPING: { done: 'STOPPED', hurry: 'KILLING' },
  KILLING: { done: 'STOPPED' },
  STOPPED: {},
  ERROR: {},
}

describe('the chart of the lifecycle', () => {
  for (const state of statesOf(lifecycleChart)) {
    for (const event of eventsOf(lifecycleChart)) {
      const target = expected[state]?.[event]
      it(`${state} ${target ? `goes to ${target} on` : 'does not move on'} ${event}`, () => {
        expect(next(lifecycleChart, state, event) ?? undefined).to.equal(target)
      })
    }
  }

  it('has no other states', () => {
    expect(statesOf(lifecycleChart)).to.have.members(Object.keys(expected))
  })

  it('answers being told to stop, hurried or restarted in every state, if only by ignoring it', () => {
    for (const state of statesOf(lifecycleChart)) {
      for (const event of ['terminate', 'hurry', 'restart'] as const) {
        expect(next(lifecycleChart, state, event), `${state} ${event}`).not.to.equal(undefined)
      }
    }
  })

  it('ends only in STOPPED and ERROR, and can get everywhere', () => {
    expect(statesOf(lifecycleChart).filter((state) => isFinal(lifecycleChart, state))).to.deep.equal([
      'STOPPED',
      'ERROR',
    ])
    expect([...reachable(lifecycleChart)]).to.have.members(statesOf(lifecycleChart))
  })

  it('holds the eight states that are announced', () => {
    expect(statesOf(lifecycleChart)).to.include.members([...announcedStates])
  })
})
