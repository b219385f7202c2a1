import { expect } from 'chai'
import { applyEvent } from '../../ww/receiver/instance-record.ts'
import type { FleetEvent, InstanceRecord } from '../../ww/receiver/model.ts'
import { makeBoot } from '../helpers/fleet-events.ts'

const applyAll = (events: readonly FleetEvent[]): InstanceRecord => {
  const record = events.reduce<InstanceRecord | null>(applyEvent, null)
  if (!record) throw new Error('no events')
  return record
}

/** Every order of a few things. */
function* permute<Item>(items: readonly Item[]): Generator<Item[]> {
  if (items.length === 0) yield []
  for (const [index, item] of items.entries())
    for (const rest of permute(items.toSpliced(index, 1))) yield [item, ...rest]
}

describe('what is known of an instance', () => {
  const first = makeBoot('a', { version: '1' })
  const second = makeBoot('b', { version: '2', labels: { host: 'h1' } })

  it('is the same in whatever order its events arrive, twice or once', () => {
    const events = [
      first.entered(1, 'BOOT', 10),
      first.entered(2, 'UP', 20, { previous: 'WARMUP', reason: 'ready' }),
      first.pushed(3, { load: 1 }, 30),
      second.entered(1, 'BOOT', 50, { crashed: true }),
      second.entered(2, 'UP', 60),
      second.pushed(4, { load: 2 }, 80),
    ]
    const { pastBoots: _, ...expected } = applyAll(events)
    let orders = 0
    for (const order of permute(events)) {
      const { pastBoots, ...record } = applyAll([...order, ...order])
      // ranges are listed in the order in which they were noticed
      expect(record).to.deep.equal(expected)
      orders += 1
    }
    expect(orders).to.equal(720)
    expect(expected).to.deep.include({ bootId: 'b', state: 'UP', since: 60, version: '2', bootAt: 50 })
    expect(expected).to.deep.include({ stats: { load: 2 }, statsAt: 80, missing: [[3, 3]], restarts: [50] })
  })

  it('follows the sequence and not the clock', () => {
    const record = applyAll([first.entered(2, 'UP', 5), first.entered(1, 'BOOT', 10)])
    expect(record).to.include({ state: 'UP', since: 5 })
  })

  it('is of the newest boot, and what an older one still has to say changes nothing', () => {
    const record = applyAll([second.entered(1, 'BOOT', 50), first.entered(9, 'STOPPED', 40)])
    expect(record).to.include({ bootId: 'b', state: 'BOOT' })
  })

  it('never goes back to a boot that was left behind, even when a clock was set back', () => {
    const record = applyAll([
      first.entered(1, 'BOOT', 100),
      second.entered(1, 'BOOT', 110),
      first.entered(7, 'STOPPED', 500),
    ])
    expect(record).to.include({ bootId: 'b', state: 'BOOT' })
  })

  it('has the gaps of its sequence, until they are filled', () => {
    const record = applyAll([first.pushed(2, {}, 1), first.pushed(6, {}, 2)])
    expect(record.missing).to.deep.equal([
      [1, 1],
      [3, 5],
    ])
    expect(applyEvent(record, first.pushed(4, {}, 3)).missing).to.deep.equal([
      [1, 1],
      [3, 3],
      [5, 5],
    ])
    const filled = [1, 3, 4, 5].reduce(
      (known, sequence) => applyEvent(known, first.pushed(sequence, {}, 3)),
      record,
    )
    expect(filled.missing).to.deep.equal([])
  })

  it('takes its state from stats only while no event of a state is known', () => {
    const record = applyAll([first.pushed(5, {}, 50), first.pushed(6, {}, 60)])
    expect(record).to.include({ state: 'UP', since: 50 })
    expect(applyEvent(record, first.entered(4, 'RESTARTING', 45))).to.include({
      state: 'RESTARTING',
      since: 45,
    })
  })

  it('counts each time it went down by itself within the last day, whichever boot told of it', () => {
    const day = 86_400_000
    const record = applyAll([
      first.entered(1, 'RESTARTING', 10),
      first.entered(2, 'ERROR', 20),
      second.entered(1, 'BOOT', 30, { crashed: true }),
      second.entered(2, 'RESTARTING', day + 15),
      second.entered(3, 'UP', day + 16),
    ])
    expect(record.restarts).to.deep.equal([20, 30, day + 15])
  })

  it('follows the time of arrival when the sender counts nothing', () => {
    const curl = makeBoot('')
    const record = applyAll([
      curl.entered(0, 'UP', 10),
      curl.pushed(0, { load: 1 }, 20),
      curl.entered(0, 'STOPPED', 30),
    ])
    expect(record).to.deep.include({ state: 'STOPPED', since: 30, stats: { load: 1 }, missing: [] })
  })
})
