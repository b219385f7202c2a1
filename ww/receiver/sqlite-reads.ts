import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { eventKinds } from './model.ts'
import { sizeOf } from './sqlite-database.ts'
import { readMeans } from './sqlite-tidy.ts'
import type { EventFilter, Sample } from './store.ts'

/** An event as JSON, and its position. */
export type KeptRow = { readonly position: number; readonly event: string }

/** Where the events of an instance are that are not filed, ascending: all of its events from the first of them on. */
export type UnfiledPositions = readonly number[]

/** What is read from a file. */
export class SqliteReads {
  protected readonly database: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.database = database
  }

  /** Every record as it was filed, and the events that may have come after it. */
  load(): { readonly records: readonly string[]; readonly later: readonly KeptRow[] } {
    const rows = this.prepare('SELECT record FROM instances').all()
    const later = this.#read('WHERE position > (SELECT position FROM filed) ORDER BY position')
    return { records: rows.map(({ record }) => String(record)), later }
  }

  /** The events after a position, oldest first. */
  after(position: number, limit: number): KeptRow[] {
    return this.#read('WHERE position > ? ORDER BY position LIMIT ?', position, limit)
  }

  /** The events of an instance, newest first. */
  of(
    instance: string,
    unfiled: UnfiledPositions,
    limit: number,
    { before = Number.MAX_SAFE_INTEGER, kind }: EventFilter,
  ): KeptRow[] {
    const kinds = JSON.stringify(kind === undefined ? eventKinds : [kind])
    const filedBefore = Math.min(before, unfiled[0] ?? before)
    return this.#read(
      `WHERE position IN (SELECT value FROM json_each(?) UNION ALL SELECT * FROM
         (SELECT position FROM events_of WHERE instance = ? AND position < ?
          AND kind IN (SELECT value FROM json_each(?)) ORDER BY position DESC LIMIT ?))
       AND position < ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY position DESC LIMIT ?`,
      ...[JSON.stringify(unfiled), instance, filedBefore, kinds, limit, before, kinds, limit],
    )
  }

  /** The events that instances have kept with a sequence, of whichever boot. */
  ofSequences(
    asked: readonly {
      readonly instance: string
      readonly sequence: number
      readonly unfiled: UnfiledPositions
    }[],
  ): KeptRow[] {
    return asked.flatMap(({ instance, sequence, unfiled }) =>
      this.#read(
        `WHERE position IN (SELECT value FROM json_each(?) UNION ALL
           SELECT position FROM events_of WHERE instance = ? AND sequence = ?)`,
        ...[JSON.stringify(unfiled), instance, sequence],
      ),
    )
  }

  /** The states that were entered last, newest first. */
  states(limit: number): KeptRow[] {
    return this.#read("WHERE kind = 'lifecycle' ORDER BY at DESC LIMIT ?", limit)
  }

  /** The stats of an instance from a time to another: as events, and as means. */
  stats(
    instance: string,
    unfiled: UnfiledPositions,
    from: number,
    to: number,
  ): { readonly single: readonly KeptRow[]; readonly means: readonly Sample[] } {
    const single = this.#read(
      `WHERE position IN (SELECT value FROM json_each(?) UNION ALL SELECT position FROM events_of
         WHERE instance = ? AND kind = 'stats' AND at BETWEEN ? AND ? AND position < ?)
       AND kind = 'stats' AND at BETWEEN ? AND ?`,
      ...[JSON.stringify(unfiled), instance, from, to, unfiled[0] ?? Number.MAX_SAFE_INTEGER, from, to],
    )
    return { single, means: readMeans(this.database, instance, from, to) }
  }

  readDocument(name: string): string | null {
    const row = this.prepare('SELECT value FROM documents WHERE name = ?').get(name)
    return row ? String(row.value) : null
  }

  size(): number {
    return sizeOf(this.database)
  }

  /** A statement, which is compiled once. */
  protected prepare(statement: string): StatementSync {
    const known = this.#prepared.get(statement) ?? this.database.prepare(statement)
    this.#prepared.set(statement, known)
    return known
  }

  #read(condition: string, ...values: (string | number)[]): KeptRow[] {
    return this.prepare(`SELECT position, event FROM events ${condition}`)
      .all(...values)
      .map(({ position, event }) => ({ position: Number(position), event: String(event) }))
  }
}
