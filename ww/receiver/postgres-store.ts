import { Pool } from 'pg'
import { exitCode, UserError } from '../base/errors.ts'
import { type Arrival, countTaken, listArrivals } from './arrivals.ts'
import { Gathering } from './gathering.ts'
import { type FleetEvent, type InstanceRecord, instanceId } from './model.ts'
import { describePlace } from './place.ts'
import { keepEvents, writeDocument } from './postgres-keep.ts'
import { Notices } from './postgres-notices.ts'
import { PostgresReads } from './postgres-reads.ts'
import { leadersLock, migrate } from './postgres-schema.ts'
import { forgetInstance, tidyPostgres } from './postgres-tidy.ts'
import { PostgresWriter } from './postgres-writer.ts'
import type { FleetStore, Kept, Retention, Taken } from './store.ts'

/** Opens a fleet in PostgreSQL, which any number of receivers share; rejects with a UserError when it cannot be used. */
export async function openPostgresStore(url: string, warn: (line: string) => void): Promise<FleetStore> {
  const pool = new Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 5000 })
  // a connection that breaks while nobody uses it: the next query says so
  pool.on('error', () => {})
  const place = describePlace(url)
  try {
    const client = await pool.connect()
    const known = await migrate(client).finally(() => client.release())
    if (!known) throw new Error('a newer version of whaleware has used it')
    const store = new PostgresStore(pool, place, new Notices(url, warn))
    await store.open()
    return store
  } catch (error) {
    await pool.end()
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`cannot open ${place}: ${why}`, exitCode.configuration, { cause: error })
  }
}

class PostgresStore extends PostgresReads implements FleetStore {
  readonly #pool: Pool
  readonly #writer: PostgresWriter
  readonly #notices: Notices
  readonly #listeners = new Set<(kept: Kept) => void>()
  readonly #appends = new Gathering<readonly Arrival[], Taken>((requests) => this.#keepAll(requests))
  /** The instances that were told of. */
  readonly #known = new Set<string>()
  #told = 0
  #telling: Promise<void> = Promise.resolve()

  constructor(pool: Pool, place: string, notices: Notices) {
    super(pool, place)
    this.#pool = pool
    this.#writer = new PostgresWriter(pool, place)
    this.#notices = notices
  }

  async open(): Promise<void> {
    this.#told = await this.lastPosition()
    await this.#notices.open(() => void this.#tell().catch(() => {}))
  }

  append(events: readonly FleetEvent[]): Promise<Taken> {
    return this.#appends.add(listArrivals(events))
  }

  override async records(): Promise<readonly InstanceRecord[]> {
    const records = await super.records()
    for (const { id } of records) this.#known.add(id)
    return records
  }

  watch(listener: (kept: Kept) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async writeDocument(name: string, value: unknown): Promise<void> {
    await this.#writer.write((client) => writeDocument(client, name, JSON.stringify(value)))
  }

  async tidy(retention: Retention, now: number): Promise<{ more: boolean; gone: readonly string[] }> {
    const silent = (await this.records()).filter(({ heardAt }) => heardAt < now - retention.instances)
    const isFull = await this.isFull(retention.bytes)
    const ids = silent.map(({ id }) => id)
    const more = await this.#writer.write((client) =>
      tidyPostgres(client, retention, now, { isFull, silent: ids }),
    )
    // others on the same database may have forgotten some too
    const gone = more ? [] : await this.unkept([...this.#known])
    for (const id of gone) this.#known.delete(id)
    return { more, gone }
  }

  async forget(id: string): Promise<boolean> {
    const isDone = await this.#writer.write((client) => forgetInstance(client, id))
    this.#known.delete(id)
    return isDone
  }

  leads(): Promise<boolean> {
    return this.#notices.holds(leadersLock)
  }

  async close(): Promise<void> {
    await this.#appends.settle()
    this.#listeners.clear()
    await this.#notices.close()
    await this.#telling.catch(() => {})
    await this.#pool.end()
  }

  async #keepAll(requests: readonly (readonly Arrival[])[]): Promise<readonly Taken[]> {
    const kept = await this.#writer.write(async (client) => {
      const fresh = await keepEvents(client, requests.flat())
      if (fresh.length > 0) await client.query('NOTIFY ww_fleet')
      return fresh
    })
    // it is kept, whoever can be told of it now; the next notice tells the rest
    await this.#tell().catch(() => {})
    return countTaken(requests, kept)
  }

  /** Tells what was kept since, by whichever receiver, in order. */
  #tell(): Promise<void> {
    this.#telling = this.#telling
      .catch(() => {})
      .then(async () => {
        for (;;) {
          const events = await this.eventsAfter(this.#told, 1000)
          if (events.length === 0) return
          const ids = [...new Set(events.map(({ app, instance }) => instanceId(app, instance)))]
          const records = await this.recordsOf(ids)
          // not before all was read: what the database fails to give is told at the next notice
          this.#told = events.at(-1)?.position ?? this.#told
          for (const id of ids) this.#known.add(id)
          for (const listener of this.#listeners) listener({ events, records })
        }
      })
    return this.#telling
  }
}
