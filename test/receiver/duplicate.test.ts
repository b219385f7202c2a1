import { expect } from 'chai'
import { listArrivals } from '../../ww/receiver/arrivals.ts'
import { passOverKnown } from '../../ww/receiver/duplicate.ts'
import { applyEvent } from '../../ww/receiver/instance-record.ts'
import type { FleetEvent, InstanceRecord } from '../../ww/receiver/model.ts'
import { makeBoot } from '../helpers/fleet-events.ts'

const boot = makeBoot('b')
const before = makeBoot('a')

/** What is new of some events, and for which of them it was looked up what is kept, when these were kept before. */
async function ask(
  kept: readonly FleetEvent[],
  events: readonly FleetEvent[],
  gone: readonly FleetEvent[] = [],
): Promise<{ fresh: string[]; looked: string[] }> {
  const record = kept.reduce<InstanceRecord | null>(applyEvent, null)
  const looked: string[] = []
  const fresh = await passOverKnown(
    listArrivals(events),
    () => record ?? undefined,
    async (open) => {
      looked.push(...open.map(({ event }) => event.id))
      return kept.filter((event) => !gone.includes(event))
    },
  )
  return { fresh: fresh.map(({ event }) => event.id), looked }
}

describe('an event that comes', () => {
  const first = boot.pushed(1, {}, 1)
  const second = boot.pushed(2, {}, 2)
  const third = boot.pushed(3, {}, 3)

  it('is new when its instance is, and when its sequence is: nothing is looked up', async () => {
    expect(await ask([], [first])).to.deep.equal({ fresh: ['b-1'], looked: [] })
    expect(await ask([first], [second])).to.deep.equal({ fresh: ['b-2'], looked: [] })
    expect(await ask([first, third], [second])).to.deep.equal({ fresh: ['b-2'], looked: [] })
  })

  it('is new when its boot has just begun: nothing is looked up', async () => {
    const old = before.pushed(1, {}, 0)
    expect(await ask([old], [first, second])).to.deep.equal({ fresh: ['b-1', 'b-2'], looked: [] })
  })

  it('counts once when it is given twice', async () => {
    expect((await ask([], [first, second, first])).fresh).to.deep.equal(['b-1', 'b-2'])
  })

  it('is known when one of its id is kept, of this boot or one before', async () => {
    expect((await ask([first, second], [first, third])).fresh).to.deep.equal(['b-3'])
    const old = before.pushed(1, {}, 0)
    expect((await ask([old, first], [old])).fresh).to.deep.equal([])
  })

  it('is known when its sequence came and is gone by now', async () => {
    expect((await ask([first, second], [first], [first])).fresh).to.deep.equal([])
  })

  it('is new when another has its sequence: it is the id that counts', async () => {
    const other = { ...first, id: 'other' }
    expect((await ask([first], [other])).fresh).to.deep.equal(['other'])
  })

  it('of a boot before is new when it comes late', async () => {
    const late = before.entered(7, 'STOPPED', 0)
    expect((await ask([before.pushed(1, {}, 0), first], [late])).fresh).to.deep.equal(['a-7'])
  })
})
