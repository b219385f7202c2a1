import { expect } from 'chai'
import type { FleetEvent } from '../../ww/receiver/model.ts'
import type { EventFilter, FleetStore, Kept, Retention } from '../../ww/receiver/store.ts'
import { makeBoot } from '../helpers/fleet-events.ts'

/** An empty store, and the same one opened anew. */
export type OpenedStore = { readonly store: FleetStore; reopen(): Promise<FleetStore> }

const day = 86_400_000

/** Keeps all of it for ever. */
const forever: Retention = {
  ...{ stats: 1000 * day, minutes: 1000 * day, hours: 1000 * day, events: 1000 * day, instances: 1000 * day },
  bytes: 1e12,
}

/** What every store of the fleet promises. */
export function describeFleetStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}, as a store of the fleet`, () => {
    let store: FleetStore
    let reopen: OpenedStore['reopen']
    beforeEach(async () => {
      ;({ store, reopen } = await open())
    })
    afterEach(() => store.close())
    const boot = makeBoot('a')
    const other = makeBoot('b', { instance: 'web-2' })
    const life = [boot.entered(1, 'BOOT', 10), boot.entered(2, 'UP', 20), boot.pushed(3, { load: 1 }, 30)]

    const tidyAll = async (retention: Partial<Retention>, now: number): Promise<string[]> => {
      for (const gone: string[] = []; ; ) {
        const done = await store.tidy({ ...forever, ...retention }, now)
        gone.push(...done.gone)
        if (!done.more) return gone
      }
    }

    it('is empty at first', async () => {
      expect(await store.records()).to.deep.equal([])
      expect(await store.eventsAfter(0, 10)).to.deep.equal([])
      expect(await store.eventsOf('shop:web-1', 10)).to.deep.equal([])
      expect(await store.readDocument('mutes')).to.equal(null)
    })

    it('keeps what it is given, and knows it when it is opened again', async () => {
      expect(await store.append([...life, other.entered(1, 'UP', 25)])).to.deep.equal({
        kept: 4,
        duplicates: 0,
      })
      const records = await store.records()
      expect(records.map(({ id, state }) => `${id} ${state}`).sort()).to.deep.equal([
        'shop:web-1 UP',
        'shop:web-2 UP',
      ])
      await store.close()
      store = await reopen()
      expect(await store.records()).to.have.deep.members([...records])
      const events = await store.eventsAfter(0, 10)
      expect(events.map(({ position: _, ...event }) => event)).to.deep.equal([
        ...life,
        other.entered(1, 'UP', 25),
      ])
    })

    it('counts an event once, within a request, between two and after it was opened again', async () => {
      const [first, second] = [life[0] as FleetEvent, life[1] as FleetEvent]
      expect(await store.append([first, first])).to.deep.equal({ kept: 1, duplicates: 1 })
      expect(await store.append([first, second])).to.deep.equal({ kept: 1, duplicates: 1 })
      await store.close()
      store = await reopen()
      expect(await store.append([second])).to.deep.equal({ kept: 0, duplicates: 1 })
      expect(await store.eventsAfter(0, 10)).to.have.length(2)
    })

    it('counts an event of a boot before once, and one that comes late', async () => {
      const before = makeBoot('before')
      await store.append([before.entered(1, 'UP', 1), ...life])
      expect(await store.append([before.entered(1, 'UP', 1), before.entered(2, 'STOPPED', 2)])).to.deep.equal(
        {
          kept: 1,
          duplicates: 1,
        },
      )
      expect((await store.records())[0]).to.include({ bootId: 'a', state: 'UP' })
    })

    it('counts an id once for each instance, since others may choose the same', async () => {
      for (const bootId of ['', 'x']) {
        const [one, two] = ['one', 'two'].map((instance) =>
          makeBoot(bootId, { app: `app${bootId}`, instance }).entered(1, 'UP', 1),
        )
        expect(await store.append([one as FleetEvent, two as FleetEvent])).to.include({ kept: 2 })
        expect(await store.append([one as FleetEvent])).to.deep.equal({ kept: 0, duplicates: 1 })
      }
    })

    it('tells what was kept, in order, and nothing of duplicates', async () => {
      const told: Kept[] = []
      const stop = store.watch((kept) => told.push(kept))
      await store.append(life)
      await store.append(life)
      stop()
      await store.append([other.entered(1, 'UP', 25)])
      const events = told.flatMap(({ events }) => events)
      expect(events.map(({ id }) => id)).to.deep.equal(['a-1', 'a-2', 'a-3'])
      expect(events.every(({ position }, index) => position > (events[index - 1]?.position ?? 0))).to.equal(
        true,
      )
      expect(told.at(-1)?.records.map(({ state, stats }) => ({ state, stats }))).to.deep.equal([
        { state: 'UP', stats: { load: 1 } },
      ])
    })

    it('keeps all of many requests at once, each event under a position of its own', async () => {
      const events = Array.from({ length: 500 }, (_, index) => boot.pushed(index + 1, { load: index }, index))
      await Promise.all(events.map((event) => store.append([event])))
      const kept = await store.eventsAfter(0, 1000)
      expect(new Set(kept.map(({ position }) => position)).size).to.equal(500)
      expect((await store.records())[0]).to.deep.include({ sequence: 500, missing: [], stats: { load: 499 } })
    })

    it('reads on from a position, and an instance’s events newest first', async () => {
      await store.append([...life, other.entered(1, 'UP', 25)])
      const [first, ...rest] = await store.eventsAfter(0, 10)
      expect(await store.eventsAfter(first?.position ?? 0, 2)).to.deep.equal(rest.slice(0, 2))
      const own = await store.eventsOf('shop:web-1', 2)
      expect(own.map(({ id }) => id)).to.deep.equal(['a-3', 'a-2'])
      const before = own[1]?.position ?? 0
      const idsOf = async (only: EventFilter): Promise<string[]> =>
        (await store.eventsOf('shop:web-1', 9, only)).map(({ id }) => id)
      expect(await idsOf({ before })).to.deep.equal(['a-1'])
      expect(await idsOf({ kind: 'lifecycle' })).to.deep.equal(['a-2', 'a-1'])
      expect(await idsOf({ kind: 'stats' })).to.deep.equal(['a-3'])
      expect(await idsOf({ kind: 'lifecycle', before })).to.deep.equal(['a-1'])
      expect((await store.lastStates(2)).map(({ id }) => id)).to.deep.equal(['b-1', 'a-2'])
    })

    it('keeps events of every kind, lists them by it, and removes them as old as states', async () => {
      const events = [
        boot.failed(4, 'serve-php', 40),
        boot.skipped(5, 'backup', 50),
        boot.unknown(6, { wind: 9 }, 60),
      ]
      await store.append([...life, ...events])
      await store.close()
      store = await reopen()
      const listed = async (only: EventFilter = {}): Promise<FleetEvent[]> =>
        (await store.eventsOf('shop:web-1', 9, only)).map(({ position: _, ...event }) => event)
      expect(await listed()).to.deep.equal([...life, ...events].reverse())
      for (const event of events) expect(await listed({ kind: event.kind })).to.deep.equal([event])
      expect((await store.records())[0]).to.include({ state: 'UP', since: 20, sequence: 6 })
      await tidyAll({ events: day }, day + 45)
      expect((await listed()).map(({ id }) => id)).to.deep.equal(['a-6', 'a-5', 'a-3'])
      await tidyAll({ events: day, stats: day }, 10 * day)
      expect(await listed()).to.deep.equal([])
    })

    it('forgets an instance when it is asked to, with all that it has of it and nothing of others', async () => {
      await store.append([...life, other.entered(1, 'UP', 25)])
      const minutes = { ...forever, stats: day }
      while ((await store.tidy(minutes, 2 * day)).more);
      await store.append([boot.pushed(4, { load: 4 }, 2 * day)])
      expect(await store.forget('shop:web-1')).to.equal(true)
      expect(await store.forget('shop:web-1')).to.equal(false)
      await store.close()
      store = await reopen()
      expect((await store.records()).map(({ id }) => id)).to.deep.equal(['shop:web-2'])
      expect(await store.eventsAfter(0, 10)).to.have.length(1)
      expect(await store.samplesOf('shop:web-1', 0, 9 * day)).to.deep.equal([])
      expect(await store.append([boot.pushed(4, { load: 4 }, 2 * day)])).to.include({ kept: 1 })
      expect((await store.records()).map(({ id }) => id)).to.have.members(['shop:web-1', 'shop:web-2'])
      expect(await store.eventsOf('shop:web-1', 9)).to.have.length(1)
    })

    it('keeps documents', async () => {
      await store.writeDocument('mutes', [{ app: 'shop' }])
      await store.writeDocument('mutes', [])
      await store.writeDocument('alerts', { a: 1 })
      await store.close()
      store = await reopen()
      expect(await store.readDocument('mutes')).to.deep.equal([])
      expect(await store.readDocument('alerts')).to.deep.equal({ a: 1 })
    })

    it('makes means of old stats, a minute’s and then an hour’s, and keeps the new as they are', async () => {
      const minute = 60_000
      const loads = [1, 3, 10, 20]
      const times = [0, 30_000, minute, 10 * day]
      await store.append(loads.map((load, index) => boot.pushed(index + 1, { load }, times[index] ?? 0)))
      await tidyAll({ stats: day }, 10 * day)
      const series = async (): Promise<[number, unknown][]> =>
        (await store.samplesOf('shop:web-1', 0, 11 * day)).map(({ at, stats }) => [at, stats])
      expect(await series()).to.deep.equal([
        [0, { load: 2 }],
        [minute, { load: 10 }],
        [10 * day, { load: 20 }],
      ])
      await tidyAll({ stats: day, minutes: 2 * day }, 10 * day)
      expect(await series()).to.deep.equal([
        [0, { load: 14 / 3 }],
        [10 * day, { load: 20 }],
      ])
      await tidyAll({ stats: day, minutes: 2 * day, hours: 3 * day }, 10 * day)
      expect(await series()).to.deep.equal([[10 * day, { load: 20 }]])
    })

    it('counts stats once that are sent again after they became means', async () => {
      const pushed = boot.pushed(1, { load: 1 }, 0)
      await store.append([pushed])
      await tidyAll({ stats: day }, 10 * day)
      expect(await store.samplesOf('shop:web-1', 0, day)).to.have.length(1)
      expect(await store.append([pushed])).to.deep.equal({ kept: 0, duplicates: 1 })
    })

    it('forgets old states, and at last the instance that says nothing', async () => {
      await store.append([boot.entered(1, 'STOPPED', 0), other.entered(1, 'UP', 9 * day)])
      expect(await tidyAll({ instances: 5 * day }, 10 * day)).to.deep.equal([])
      expect(await tidyAll({ events: 5 * day, instances: 5 * day }, 10 * day)).to.deep.equal(['shop:web-1'])
      expect((await store.records()).map(({ id }) => id)).to.deep.equal(['shop:web-2'])
      expect((await store.eventsAfter(0, 9)).map(({ id }) => id)).to.deep.equal(['b-1'])
    })

    it('stays within its bytes: means of the oldest stats first, and nothing at all in the end', async () => {
      const stats = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`number_${i}`, i]))
      await store.append(
        Array.from({ length: 3000 }, (_, index) => boot.pushed(index + 1, stats, index * 1000)),
      )
      const full = await store.size()
      await tidyAll({ bytes: full / 2 }, 4_000_000)
      expect(await store.size()).to.be.at.most(full / 2)
      expect(await store.records()).to.have.length(1)
      expect(await store.append([boot.pushed(9000, stats, 4_000_000)])).to.deep.equal({
        kept: 1,
        duplicates: 0,
      })
    })
  })
}
