import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { Gathering } from './gathering.ts'
import { applyEvent } from './instance-record.ts'
import type { FleetEvent, InstanceRecord, KeptEvent } from './model.ts'
import { instanceId } from './model.ts'
import { guardWrite, openDatabase, sizeOf } from './sqlite-file.ts'
import { readEvents, readSamples } from './sqlite-read.ts'
import { tidySqlite } from './sqlite-tidy.ts'
import type { FleetStore, Kept, Retention, Sample, Taken } from './store.ts'

/** A quiet fleet costs a commit every 20 ms at most; a busy one is not held up. */
const commitPace = { milliseconds: 20, enough: 8 }

/** Keeps the fleet in one SQLite file, which one process alone has. */
export class SqliteStore implements FleetStore {
  readonly #file: string
  readonly #database: DatabaseSync
  readonly #records: Map<string, InstanceRecord>
  readonly #listeners = new Set<(kept: Kept) => void>()
  readonly #appends = new Gathering<readonly FleetEvent[], Taken>((batch) => this.#keepAll(batch), commitPace)
  readonly #insert: StatementSync
  readonly #upsert: StatementSync

  /**
   * Opens a file, which is made when it is not there; throws a UserError when it cannot be used. `pages` limits it to so
   * many of 4 KiB.
   */
  constructor(file: string, limit: { readonly pages?: number } = {}) {
    this.#file = file
    this.#database = openDatabase(file)
    if (limit.pages !== undefined) this.#database.exec(`PRAGMA max_page_count = ${limit.pages}`)
    this.#insert = this.#database.prepare(
      'INSERT INTO events (id, instance, kind, at, event) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    )
    this.#upsert = this.#database.prepare('INSERT OR REPLACE INTO instances (id, record) VALUES (?, ?)')
    const rows = this.#database.prepare('SELECT id, record FROM instances').all()
    this.#records = new Map(rows.map(({ id, record }) => [String(id), JSON.parse(String(record))]))
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
    return readEvents(this.#database, 'WHERE position > ? ORDER BY position LIMIT ?', position, limit)
  }

  async eventsOf(id: string, limit: number, before = Number.MAX_SAFE_INTEGER): Promise<readonly KeptEvent[]> {
    return readEvents(
      this.#database,
      'WHERE instance = ? AND position < ? ORDER BY position DESC LIMIT ?',
      id,
      before,
      limit,
    )
  }

  async lastStates(limit: number): Promise<readonly KeptEvent[]> {
    return readEvents(this.#database, "WHERE kind = 'lifecycle' ORDER BY at DESC LIMIT ?", limit)
  }

  async samplesOf(id: string, from: number, to: number): Promise<readonly Sample[]> {
    return readSamples(this.#database, id, from, to)
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
    const done = this.#guard(() =>
      tidySqlite(
        this.#database,
        retention,
        now,
        silent.map(({ id }) => id),
      ),
    )
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
      const counts = batch.map((events) => {
        const fresh = events.filter((event) => this.#keep(event, changed, kept)).length
        return { kept: fresh, duplicates: events.length - fresh }
      })
      for (const [id, record] of changed) this.#upsert.run(id, JSON.stringify(record))
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
    const { changes, lastInsertRowid } = this.#insert.run(
      event.id,
      id,
      event.kind,
      event.at,
      JSON.stringify(event),
    )
    if (changes === 0) return false
    changed.set(id, applyEvent(changed.get(id) ?? this.#records.get(id) ?? null, event))
    kept.push({ ...event, position: Number(lastInsertRowid) })
    return true
  }

  #guard<Result>(write: () => Result): Result {
    return guardWrite(this.#database, this.#file, write)
  }
}
