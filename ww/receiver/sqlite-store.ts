import type { DatabaseSync } from 'node:sqlite'
import { isDuplicate } from './duplicate.ts'
import { Gathering } from './gathering.ts'
import { applyEvent } from './instance-record.ts'
import type { FleetEvent, InstanceRecord, KeptEvent } from './model.ts'
import { instanceId } from './model.ts'
import { SqliteEvents } from './sqlite-events.ts'
import { guardWrite, openDatabase, sizeOf } from './sqlite-file.ts'
import { readMeans, tidySqlite } from './sqlite-tidy.ts'
import type { FleetStore, Kept, Retention, Sample, Taken } from './store.ts'

/** A quiet fleet costs a commit every 20 ms at most; a busy one is not held up. */
const commitPace = { milliseconds: 20, enough: 8 }

/** Keeps the fleet in one SQLite file, which one process alone has. */
export class SqliteStore implements FleetStore {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #events: SqliteEvents
  readonly #records: Map<string, InstanceRecord>
  readonly #listeners = new Set<(kept: Kept) => void>()
  readonly #appends = new Gathering<readonly FleetEvent[], Taken>((batch) => this.#keepAll(batch), commitPace)

  /**
   * Opens a file, which is made when it is not there; throws a UserError when it cannot be used. `pages` limits it to so
   * many of 4 KiB.
   */
  constructor(file: string, limit: { readonly pages?: number } = {}) {
    this.#file = file
    this.#database = openDatabase(file)
    if (limit.pages !== undefined) this.#database.exec(`PRAGMA max_page_count = ${limit.pages}`)
    this.#events = new SqliteEvents(this.#database)
    const { filed, later } = this.#events.records()
    this.#records = new Map(filed.map((record) => [record.id, record]))
    for (const { position: _, ...event } of later) {
      const id = instanceId(event.app, event.instance)
      this.#records.set(id, applyEvent(this.#records.get(id) ?? null, event))
    }
  }

  append(events: readonly FleetEvent[]): Promise<Taken> {
    return this.#appends.add(events)
  }

  watch(listener: (kept: Kept) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async records(): Promise<readonly InstanceRecord[]> {
    return [...this.#records.values()]
  }

  async eventsAfter(position: number, limit: number): Promise<readonly KeptEvent[]> {
    return this.#events.read('WHERE position > ? ORDER BY position LIMIT ?', position, limit)
  }

  async eventsOf(id: string, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly KeptEvent[]> {
    return this.#events.readOf(id, limit, before)
  }

  async lastStates(limit: number): Promise<readonly KeptEvent[]> {
    return this.#events.read("WHERE kind = 'lifecycle' ORDER BY at DESC LIMIT ?", limit)
  }

  async samplesOf(id: string, from: number, to: number): Promise<readonly Sample[]> {
    const single = this.#events
      .readStats(id, from, to)
      .flatMap((event) => (event.kind === 'stats' ? [{ at: event.at, stats: event.stats }] : []))
    return [...readMeans(this.#database, id, from, to), ...single].sort((a, b) => a.at - b.at)
  }

  async readDocument(name: string): Promise<unknown> {
    const row = this.#database.prepare('SELECT value FROM documents WHERE name = ?').get(name)
    return row ? JSON.parse(String(row.value)) : null
  }

  async writeDocument(name: string, value: unknown): Promise<void> {
    this.#guard(() =>
      this.#database
        .prepare('INSERT OR REPLACE INTO documents (name, value) VALUES (?, ?)')
        .run(name, JSON.stringify(value)),
    )
  }

  async tidy(retention: Retention, now: number): Promise<{ more: boolean; gone: readonly string[] }> {
    const silent = [...this.#records.values()].filter(({ heardAt }) => heardAt < now - retention.instances)
    const isFull = sizeOf(this.#database) > retention.bytes
    const file = (ids: ReadonlySet<string>): void => this.#fileRecords(ids)
    const ids = silent.map(({ id }) => id)
    const done = this.#guard(() => tidySqlite(this.#database, retention, now, { isFull, silent: ids, file }))
    for (const id of done.gone) this.#records.delete(id)
    return done
  }

  async size(): Promise<number> {
    return sizeOf(this.#database)
  }

  async close(): Promise<void> {
    await this.#appends.settle()
    this.#listeners.clear()
    this.#database.close()
  }

  #keepAll(batch: readonly (readonly FleetEvent[])[]): Taken[] {
    const changed = new Map<string, InstanceRecord>()
    const kept: KeptEvent[] = []
    const taken = this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      this.#fileRecords()
      const counts = batch.map((events) => {
        const fresh = events.filter((event) => this.#keep(event, changed, kept)).length
        return { kept: fresh, duplicates: events.length - fresh }
      })
      this.#database.exec('COMMIT')
      return counts
    })
    for (const [id, record] of changed) this.#records.set(id, record)
    if (kept.length > 0)
      for (const listener of this.#listeners) listener({ events: kept, records: [...changed.values()] })
    return taken
  }

  #keep(event: FleetEvent, changed: Map<string, InstanceRecord>, kept: KeptEvent[]): boolean {
    const id = instanceId(event.app, event.instance)
    const record = changed.get(id) ?? this.#records.get(id) ?? null
    if (isDuplicate(record, event, () => this.#events.ofSequence(id, event.sequence))) return false
    const position = this.#events.insert(event)
    if (position === null) return false
    changed.set(id, applyEvent(record, event))
    kept.push({ ...event, position })
    return true
  }

  #fileRecords(ids?: ReadonlySet<string>): void {
    this.#events.file((id) => this.#records.get(id), ids)
  }

  #guard<Result>(write: () => Result): Result {
    try {
      return guardWrite(this.#database, this.#file, write)
    } catch (error) {
      this.#events.forget()
      throw error
    }
  }
}
