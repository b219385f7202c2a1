import { expect } from 'chai'
import { applyEvent } from '../../ww/receiver/instance-record.ts'
import type { FleetEvent, InstanceRecord, InstanceView } from '../../ww/receiver/model.ts'
import { nextChange, viewApps, viewInstance } from '../../ww/receiver/view.ts'
import { makeBoot } from '../helpers/fleet-events.ts'

const recordOf = (...events: FleetEvent[]): InstanceRecord => {
  const record = events.reduce<InstanceRecord | null>(applyEvent, null)
  if (!record) throw new Error('no events')
  return record
}
const boot = makeBoot('a', { interval: 100, labels: { host: 'h1' } })
const up = recordOf(boot.entered(1, 'UP', 1000))

describe('an instance as it is told of', () => {
  const statusAt = (record: InstanceRecord, now: number, stuckAfter: number | null = null): string =>
    viewInstance(record, now, stuckAfter).status

  it('is LATE after 2 intervals of silence and LOST after 4', () => {
    expect([1200, 1201, 1400, 1401].map((now) => statusAt(up, now))).to.deep.equal([
      'UP',
      'LATE',
      'LATE',
      'LOST',
    ])
  })

  it('is never LATE once it has STOPPED, nor before it is UP', () => {
    for (const state of ['STOPPED', 'ERROR', 'WARMUP'])
      expect(statusAt(recordOf(boot.entered(1, state, 1000)), 9_999_999)).to.equal(state)
  })

  it('is never LATE when it does not say when to expect it', () => {
    const curl = makeBoot('', { interval: null })
    expect(statusAt(recordOf(curl.entered(0, 'UP', 0)), 9_999_999)).to.equal('UP')
  })

  it('is STUCK when it is on its way up for longer than usual', () => {
    const warming = recordOf(boot.entered(1, 'WARMUP', 1000))
    expect(statusAt(warming, 6000, 5000)).to.equal('WARMUP')
    expect(statusAt(warming, 6001, 5000)).to.equal('STUCK')
    expect(statusAt(warming, 9_999_999, null)).to.equal('WARMUP')
    expect(statusAt(up, 1100, 5)).to.equal('UP')
  })

  it('tells when time alone will make it another', () => {
    expect(nextChange(up, 1000, null)).to.equal(1201)
    expect(nextChange(up, 1201, null)).to.equal(1401)
    expect(nextChange(up, 1401, null)).to.equal(null)
    expect(nextChange(recordOf(boot.entered(1, 'WARMUP', 1000)), 1000, 5000)).to.equal(6001)
  })

  it('tells its host, and how many events never came', () => {
    const view = viewInstance(recordOf(boot.pushed(3, {}, 0), boot.pushed(7, {}, 1)), 2, null)
    expect(view).to.include({ host: 'h1', missing: 5, statsAt: '1970-01-01T00:00:00.001Z' })
  })

  it('counts restarts of the last hour and the last day', () => {
    const hour = 3_600_000
    const record = recordOf(boot.entered(1, 'RESTARTING', hour), boot.entered(2, 'RESTARTING', 3 * hour))
    expect(viewInstance(record, 3.5 * hour, null).restarts).to.deep.equal({ hour: 1, day: 2 })
  })
})

describe('an app as it is told of', () => {
  const instance = (name: string, state: string, at = 0, labels: Record<string, string> = {}): InstanceView =>
    viewInstance(recordOf(makeBoot(name, { instance: name, labels }).entered(1, state, at)), at, null)
  const lost = (name: string, labels: Record<string, string> = {}): InstanceView =>
    viewInstance(
      recordOf(makeBoot(name, { instance: name, interval: 1, labels }).entered(1, 'UP', 0)),
      100,
      null,
    )
  const status = (...views: InstanceView[]): string | undefined => viewApps(views, 1_000_000)[0]?.status

  it('is STARTING while one is on its way up, RUNNING with one UP, else STOPPED', () => {
    expect(status(instance('a', 'UP'), instance('b', 'WARMUP'))).to.equal('STARTING')
    expect(status(instance('a', 'UP'), instance('b', 'ERROR'))).to.equal('RUNNING')
    expect(status(instance('a', 'STOPPED'), instance('b', 'ERROR'))).to.equal('STOPPED')
    expect(status(lost('a'))).to.equal('STOPPED')
  })

  it('is STOPPING when one stopped within a minute and others run', () => {
    expect(status(instance('a', 'UP'), instance('b', 'STOPPED', 999_000))).to.equal('STOPPING')
    expect(status(instance('a', 'UP'), instance('b', 'STOPPED', 0))).to.equal('RUNNING')
  })

  it('has a major failure when a required one is down, a minor one when an optional one is', () => {
    const optional = { optional: 'true' }
    const [app] = viewApps([instance('a', 'UP'), lost('b', optional)], 100)
    expect(app).to.deep.include({ majorFailure: false, minorFailure: true, instances: 2 })
    expect(viewApps([instance('a', 'ERROR'), lost('b', optional)], 100)[0]).to.deep.include({
      majorFailure: true,
      minorFailure: true,
      counts: { ERROR: 1, LOST: 1 },
    })
  })

  it('is told of beside the others, by name', () => {
    const of = (app: string): InstanceView => ({ ...instance('a', 'UP'), app })
    expect(viewApps([of('b'), of('a')], 0).map(({ app }) => app)).to.deep.equal(['a', 'b'])
  })
})
