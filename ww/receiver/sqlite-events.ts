import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type FleetEvent, type InstanceRecord, instanceId, type KeptEvent } from './model.ts'
import { Unfiled } from './unfiled.ts'

/**
 * The events in a file. They are written one after the other, as they come: that is all that a commit waits for. The
 * records of instances, and which events are whose, follow from them, and are filed later for many events at once;
 * what was not filed when the process ended is read again from the events.
 */
export class SqliteEvents {
  readonly #database: DatabaseSync
  readonly #insert: StatementSync
  readonly #file: StatementSync
  readonly #fileRecord: StatementSync
  readonly #setFiled: StatementSync
  #learnt: Unfiled | null = null

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#insert = database.prepare(
      `INSERT INTO events (key, instance, kind, at, sequence, event) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key) WHERE key IS NOT NULL DO NOTHING`,
    )
    this.#file = database.prepare(
      `INSERT OR REPLACE INTO events_of (instance, position, kind, at, sequence)
       SELECT instance, position, kind, at, sequence FROM events WHERE position = ?`,
    )
    this.#fileRecord = database.prepare('INSERT OR REPLACE INTO instances (id, record) VALUES (?, ?)')
    this.#setFiled = database.prepare('UPDATE filed SET position = ?')
  }

  /** A transaction failed: what is not filed is to be learnt from the file again. */
  forget(): void {
    this.#learnt = null
  }

  /** Every record as it was filed, and the events that may have come after it. */
  records(): { readonly filed: readonly InstanceRecord[]; readonly later: readonly KeptEvent[] } {
    const rows = this.#database.prepare('SELECT record FROM instances').all()
    const later = this.read('WHERE position > (SELECT position FROM filed) ORDER BY position')
    return { filed: rows.map(({ record }) => JSON.parse(String(record))), later }
  }

  /** Writes an event and answers with its position; null when it has no boot and its id is known. */
  insert(event: FleetEvent): number | null {
    const { id, bootId, kind, at, sequence } = event
    const instance = instanceId(event.app, event.instance)
    const key = bootId === '' ? id : null
    const done = this.#insert.run(key, instance, kind, at, sequence, JSON.stringify(event))
    if (done.changes === 0) return null
    const position = Number(done.lastInsertRowid)
    this.#unfiled.note(instance, { position, sequence })
    return position
  }

  /** The events of an instance that have a sequence, of whichever boot. */
  ofSequence(instance: string, sequence: number): KeptEvent[] {
    const unfiled = this.#unfiled.of(instance).filter((place) => place.sequence === sequence)
    return this.read(
      `WHERE position IN (SELECT value FROM json_each(?) UNION ALL
         SELECT position FROM events_of WHERE instance = ? AND sequence = ?)`,
      ...[writePositions(unfiled), instance, sequence],
    )
  }

  /** Files instances: those whose turn it is, or the given ones. */
  file(recordOf: (id: string) => InstanceRecord | undefined, instances = this.#unfiled.due()): void {
    const due = [...instances].filter((id) => this.#unfiled.of(id).length > 0)
    if (due.length === 0) return
    for (const id of due) {
      for (const { position } of this.#unfiled.of(id)) this.#file.run(position)
      this.#fileRecord.run(id, JSON.stringify(recordOf(id)))
    }
    this.#setFiled.run(this.#unfiled.drop(due))
  }

  get #unfiled(): Unfiled {
    this.#learnt ??= this.#readUnfiled()
    return this.#learnt
  }

  #readUnfiled(): Unfiled {
    const unfiled = new Unfiled()
    const rows = this.#database.prepare(
      'SELECT instance, position, sequence FROM events WHERE position > (SELECT position FROM filed) ORDER BY position',
    )
    for (const { instance, position, sequence } of rows.iterate())
      unfiled.note(String(instance), { position: Number(position), sequence: Number(sequence) })
    return unfiled
  }

  /** The events for which a condition holds, in the order that it gives. */
  read(condition: string, ...values: (string | number)[]): KeptEvent[] {
    return this.#database
      .prepare(`SELECT position, event FROM events ${condition}`)
      .all(...values)
      .map(({ position, event }) => ({ ...JSON.parse(String(event)), position: Number(position) }))
  }

  /** The events of an instance before a position, newest first. */
  readOf(instance: string, limit: number, before: number): KeptEvent[] {
    const unfiled = this.#unfiled.of(instance)
    const newest = unfiled.filter(({ position }) => position < before).slice(-limit)
    const filed = Math.min(before, unfiled[0]?.position ?? before)
    return this.read(
      `WHERE position IN (SELECT value FROM json_each(?) UNION ALL SELECT * FROM
         (SELECT position FROM events_of WHERE instance = ? AND position < ? ORDER BY position DESC LIMIT ?))
       ORDER BY position DESC LIMIT ?`,
      ...[writePositions(newest), instance, filed, limit, limit],
    )
  }

  /** The stats of an instance from a time to another. */
  readStats(instance: string, from: number, to: number): KeptEvent[] {
    const unfiled = this.#unfiled.of(instance)
    const filed = unfiled[0]?.position ?? Number.MAX_SAFE_INTEGER
    return this.read(
      `WHERE position IN (SELECT value FROM json_each(?) UNION ALL SELECT position FROM events_of
         WHERE instance = ? AND position < ? AND kind = 'stats' AND at BETWEEN ? AND ?)
       AND kind = 'stats' AND at BETWEEN ? AND ?`,
      ...[writePositions(unfiled), instance, filed, from, to, from, to],
    )
  }
}

const writePositions = (places: readonly { readonly position: number }[]): string =>
  JSON.stringify(places.map(({ position }) => position))
