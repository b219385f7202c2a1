import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'chai'
import { applyEvent } from '../../ww/receiver/instance-record.ts'
import type { FleetEvent, InstanceRecord } from '../../ww/receiver/model.ts'
import { migrate } from '../../ww/receiver/sqlite-schema.ts'
import { openSqliteStore } from '../../ww/receiver/sqlite-store.ts'
import { makeBoot } from '../helpers/fleet-events.ts'
import { describeFleetStore } from './store-conformance.ts'

const day = 86_400_000
const keepNothing = { stats: day, minutes: day, hours: day, events: day, instances: 99 * day }

describe('a fleet in SQLite', () => {
  let directory: string
  let file: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-sqlite-'))
    file = join(directory, 'fleet.db')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  describeFleetStore('SQLite', async () => ({
    store: await openSqliteStore(file),
    reopen: () => openSqliteStore(file),
  }))

  it('belongs to one process alone', async () => {
    const store = await openSqliteStore(file)
    expect(await openSqliteStore(file).catch(String)).to.match(
      /UserError: cannot open .*: another process has it open/,
    )
    await store.close()
  })

  it('refuses a file that is none of its own, and one of a newer version, and leaves them alone', async () => {
    writeFileSync(file, 'no database at all, and long enough to be looked at as one '.repeat(20))
    expect(await openSqliteStore(file).catch(String)).to.match(/cannot open .*: file is not a database/)
    const newer = join(directory, 'newer.db')
    const database = new DatabaseSync(newer)
    database.exec('PRAGMA user_version = 99; CREATE TABLE x (y)')
    database.close()
    expect(await openSqliteStore(newer).catch(String)).to.match(/a newer version of whaleware has used it/)
  })

  it('refuses what a full disk cannot take, all of it, and goes on when there is room again', async () => {
    const store = await openSqliteStore(file)
    const boot = makeBoot('a')
    const big = { text: 'x'.repeat(5000) }
    await store.append([boot.entered(1, 'UP', 1)])
    await store.close()
    // SQLite's own limit gives the error of a full disk
    const limited = await openSqliteStore(file, 20)
    const failed = await limited
      .append(Array.from({ length: 50 }, (_, i) => boot.pushed(i + 2, big, i)))
      .catch(String)
    expect(failed).to.match(/UserError: cannot write .*fleet.db: database or disk is full/)
    expect(await limited.eventsAfter(0, 9)).to.have.length(1)
    expect((await limited.records())[0]).to.include({ sequence: 1 })
    expect(await limited.append([boot.pushed(2, {}, 2)])).to.include({ kept: 1 })
    await limited.close()
  })

  /** What a closed file answers. */
  const query = (text: string): Record<string, unknown>[] => {
    const database = new DatabaseSync(file)
    const rows = database.prepare(text).all()
    database.close()
    return rows.map((row) => ({ ...row }))
  }

  it('files the events of an instance under it once there are many, and reads them as one with the others', async () => {
    const boot = makeBoot('a')
    const events = Array.from({ length: 1200 }, (_, index) =>
      index % 500 === 7
        ? boot.entered(index + 1, 'UP', index)
        : boot.pushed(index + 1, { load: index }, index),
    )
    let store = await openSqliteStore(file)
    for (let from = 0; from < 1200; from += 100) await store.append(events.slice(from, from + 100))
    const check = async (): Promise<void> => {
      const newest = await store.eventsOf('shop:web-1', 2000)
      expect(newest.map(({ id }) => id)).to.deep.equal(events.map(({ id }) => id).reverse())
      expect(await store.eventsOf('shop:web-1', 3, { before: newest[1100]?.position ?? 0 })).to.deep.equal(
        newest.slice(1101, 1104),
      )
      const states = await store.eventsOf('shop:web-1', 9, { kind: 'lifecycle' })
      expect(states.map(({ sequence }) => sequence)).to.deep.equal([1008, 508, 8])
      expect(await store.samplesOf('shop:web-1', 400, 1100)).to.have.length(699)
      expect(await store.append([events[3] as FleetEvent, events[1100] as FleetEvent])).to.deep.equal({
        kept: 0,
        duplicates: 2,
      })
    }
    await check()
    await store.close()
    expect(query('SELECT count(*) AS filed FROM events_of')).to.deep.equal([{ filed: 1000 }])
    store = await openSqliteStore(file)
    await check()
    await store.close()
  })

  it('files what retention takes away, so that its instance is known all the same', async () => {
    const boot = makeBoot('a')
    let store = await openSqliteStore(file)
    await store.append([boot.entered(1, 'UP', 0), boot.pushed(2, { load: 1 }, 60_000)])
    while ((await store.tidy({ ...keepNothing, bytes: 1e9 }, 10 * day)).more);
    expect(await store.eventsAfter(0, 9)).to.deep.equal([])
    await store.close()
    store = await openSqliteStore(file)
    expect((await store.records())[0]).to.deep.include({ state: 'UP', sequence: 2, stats: { load: 1 } })
    await store.close()
  })

  it('brings a file of the first version up to date, with all that is in it', async () => {
    const boot = makeBoot('a')
    const events = [boot.entered(1, 'UP', 1), boot.pushed(2, { load: 1 }, 2)]
    const record = events.reduce<InstanceRecord | null>(applyEvent, null)
    const database = new DatabaseSync(file)
    migrate(database, 1)
    for (const event of events)
      database
        .prepare('INSERT INTO events (id, instance, kind, at, event) VALUES (?, ?, ?, ?, ?)')
        .run(event.id, 'shop:web-1', event.kind, event.at, JSON.stringify(event))
    database.prepare('INSERT INTO instances VALUES (?, ?)').run('shop:web-1', JSON.stringify(record))
    database.close()
    const store = await openSqliteStore(file)
    expect(await store.records()).to.deep.equal([record])
    expect((await store.eventsOf('shop:web-1', 9)).map(({ id }) => id)).to.deep.equal(['a-2', 'a-1'])
    expect(await store.append(events)).to.deep.equal({ kept: 0, duplicates: 2 })
    await store.close()
  })
})
