import { expect } from 'chai'
import { eventsOf, isFinal, next, reachable, statesOf } from '../../ww/chart/chart.ts'
import { announcedStates, isAnnounced, lifecycleChart } from '../../ww/lifecycle/chart.ts'

const leave = { failed: 'FAILING', terminate: 'STOPPING' }

/** The whole chart again, as a person reads it: a line for each state, an entry for each event that leads somewhere. */
const expected: Record<string, Record<string, string>> = {
  BOOT: { fresh: 'FIRSTBOOT', initialised: 'UPGRADING', ...leave },
  FIRSTBOOT: { ok: 'UPGRADING', ...leave },
  UPGRADING: { ok: 'WARMUP', ...leave },
  WARMUP: { ok: 'UP', ...leave },
  UP: { unhealthy: 'RESTARTING', restart: 'RESTARTING', exhausted: 'FAILING', ...leave },
  RESTARTING: { ok: 'UP', again: 'RESTARTING', exhausted: 'FAILING', ...leave },
  STOPPING: { done: 'STOPPED', failed: 'FAILING' },
  FAILING: { done: 'ERROR', failed: 'ERROR' },
  ERROR: { done: 'ENDING', hold: 'HELD', failed: 'ENDING' },
  HELD: { terminate: 'ENDING', failed: 'ENDING' },
  STOPPED: {},
  ENDING: {},
}

describe('the chart of the lifecycle', () => {
  for (const state of statesOf(lifecycleChart)) {
    for (const event of eventsOf(lifecycleChart)) {
      const target = expected[state]?.[event]
      it(`${target ? `leads from ${state} to ${target} on` : `leads from ${state} nowhere on`} ${event}`, () => {
        expect(next(lifecycleChart, state, event) ?? undefined).to.equal(target)
      })
    }
  }

  it('has no other states', () => {
    expect(statesOf(lifecycleChart)).to.have.members(Object.keys(expected))
  })

  it('accepts a stop, a restart and a bug in every state, if only by ignoring it', () => {
    for (const state of statesOf(lifecycleChart)) {
      for (const event of ['terminate', 'restart', 'failed'] as const) {
        expect(next(lifecycleChart, state, event), `${state} ${event}`).not.to.equal(undefined)
      }
    }
  })

  it('is final only in STOPPED and ENDING, and every state can be reached', () => {
    const final = statesOf(lifecycleChart).filter((state) => isFinal(lifecycleChart, state))
    expect(final).to.deep.equal(['STOPPED', 'ENDING'])
    expect([...reachable(lifecycleChart)]).to.have.members(statesOf(lifecycleChart))
  })

  it('contains the eight announced states', () => {
    expect(statesOf(lifecycleChart).filter(isAnnounced)).to.have.members([...announcedStates])
    expect(announcedStates).to.have.length(8)
  })
})
