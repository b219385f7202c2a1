import { guardWrite, openDatabase } from './sqlite-database.ts'
import { SqliteReads, type UnfiledPositions } from './sqlite-reads.ts'
import { type Tidied, tidySqlite } from './sqlite-tidy.ts'
import type { Retention } from './store.ts'

/** An event as JSON, and what it is found by. */
export type Row = {
  /** What an event without a sequence counts once by: its instance and id; null for the others. */
  readonly key: string | null
  readonly instance: string
  readonly kind: string
  readonly at: number
  readonly sequence: number
  readonly event: string
}

/** Events to be filed under their instances, with its record as it is after them, as JSON. */
export type Filings = {
  readonly filings: readonly {
    readonly instance: string
    readonly positions: UnfiledPositions
    readonly record: string
  }[]
  /** The position up to which all events are filed then. */
  readonly filedTo: number
}

/**
 * The fleet in a file. Events are written one after the other, as they come: that is all that a commit waits for. The
 * records of instances, and which events are whose, follow from them, and are filed later, for many events at once.
 */
export class SqliteFile extends SqliteReads {
  readonly #file: string

  /**
   * Opens a file, which is made when it is not there; throws a UserError when it cannot be used. `pages` limits it to so
   * many of 8 KiB.
   */
  constructor(file: string, pages: number | null) {
    super(openDatabase(file))
    this.#file = file
    if (pages !== null) this.database.exec(`PRAGMA max_page_count = ${pages}`)
  }

  /** Files, then keeps events, all or nothing; the answer has the position of each, null for one whose key is known. */
  keep(rows: readonly Row[], { filings, filedTo }: Filings): (number | null)[] {
    const fileEvents = this.prepare(
      `INSERT OR REPLACE INTO events_of (instance, position, kind, at, sequence)
       SELECT instance, position, kind, at, sequence FROM events WHERE position IN (SELECT value FROM json_each(?))`,
    )
    const fileRecord = this.prepare('INSERT OR REPLACE INTO instances (id, record) VALUES (?, ?)')
    const insert = this.prepare(
      `INSERT INTO events (key, instance, kind, at, sequence, event) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING`,
    )
    return this.#write(() => {
      for (const { instance, positions, record } of filings) {
        fileEvents.run(JSON.stringify(positions))
        fileRecord.run(instance, record)
      }
      if (filings.length > 0) this.prepare('UPDATE filed SET position = ?').run(filedTo)
      return rows.map(({ key, instance, kind, at, sequence, event }) => {
        const done = insert.run(key, instance, kind, at, sequence, event)
        return done.changes === 0 ? null : Number(done.lastInsertRowid)
      })
    })
  }

  writeDocument(name: string, value: string): void {
    const text = 'INSERT OR REPLACE INTO documents (name, value) VALUES (?, ?)'
    this.#write(() => this.prepare(text).run(name, value))
  }

  /** Does a slice of what retention asks for; `silent` are instances to forget once nothing of theirs is kept. */
  tidy(retention: Retention, now: number, silent: readonly string[]): Tidied {
    const isFull = this.size() > retention.bytes
    return this.#write(() => tidySqlite(this.database, retention, now, { isFull, silent }))
  }

  /** Removes all that is kept of an instance. */
  forget(instance: string, unfiled: UnfiledPositions): void {
    this.#write(() => {
      this.prepare(
        `DELETE FROM events WHERE position IN
           (SELECT value FROM json_each(?) UNION ALL SELECT position FROM events_of WHERE instance = ?)`,
      ).run(JSON.stringify(unfiled), instance)
      for (const [table, column] of [
        ['events_of', 'instance'],
        ['samples', 'instance'],
        ['instances', 'id'],
      ])
        this.prepare(`DELETE FROM ${table} WHERE ${column} = ?`).run(instance)
    })
  }

  close(): void {
    this.database.close()
  }

  #write<Result>(write: () => Result): Result {
    return guardWrite(this.database, this.#file, write)
  }
}
