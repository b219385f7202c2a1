import type { DatabaseSync } from 'node:sqlite'
import { addSums, meanOf, type Sums, sumOf } from './numbers.ts'
import type { Retention, Sample } from './store.ts'

type Row = Record<string, unknown>

/** So many rows in one go: a few milliseconds of work. */
const slice = 500

const minute = 60_000
const hour = 3_600_000

/** Events that are neither states nor stats. */
const single = "kind IN ('service', 'schedule', 'other')"

/** What a slice has done: whether there is more, and whether events must be filed before they can go. */
export type Tidied = { readonly more: boolean; readonly gone: readonly string[]; readonly behind: boolean }

/** Does a slice of what is due within a transaction: the first of these that finds something to do. */
export function tidySqlite(
  database: DatabaseSync,
  retention: Retention,
  now: number,
  { isFull, silent }: { readonly isFull: boolean; readonly silent: readonly string[] },
): Tidied {
  const { stats, minutes, hours, events } = retention
  const filed = Number(database.prepare('SELECT position FROM filed').get()?.position)
  let behind = false
  const takeEvents = (condition: string, before: number): Row[] => {
    const oldest = `SELECT position, instance, at, event FROM events WHERE ${condition} AND at < ? ORDER BY at`
    const rows = database.prepare(`${oldest} LIMIT ${slice}`).all(before)
    behind = rows.some(({ position }) => Number(position) > filed)
    if (behind) return []
    const own = database.prepare('DELETE FROM events_of WHERE instance = ? AND position = ?')
    const remove = database.prepare('DELETE FROM events WHERE position = ?')
    for (const { instance, position } of rows) {
      own.run(String(instance), Number(position))
      remove.run(Number(position))
    }
    return rows
  }
  const more =
    gatherStats(database, takeEvents("kind = 'stats'", isFull ? now : now - stats)) ||
    behind ||
    gatherMinutes(database, now - minutes) ||
    removeSamples(database, 'span = 3600000 AND at < ?', now - hours) ||
    takeEvents("kind = 'lifecycle'", now - events).length > 0 ||
    behind ||
    takeEvents(single, now - events).length > 0 ||
    behind ||
    (isFull && removeSamples(database, 'at < ?', now)) ||
    (isFull && takeEvents(single, now).length > 0) ||
    behind ||
    (isFull && takeEvents("kind = 'lifecycle'", now).length > 0) ||
    behind
  return { more, gone: more ? [] : forget(database, silent), behind }
}

/** The stats of an instance from a time to another that are means by now. */
export function readMeans(database: DatabaseSync, id: string, from: number, to: number): Sample[] {
  return database
    .prepare('SELECT at, stats FROM samples WHERE instance = ? AND at BETWEEN ? AND ?')
    .all(id, from, to)
    .map(({ at, stats }) => ({ at: Number(at), stats: meanOf(JSON.parse(String(stats))) }))
}

/** Stats become sums of their minute. */
function gatherStats(database: DatabaseSync, rows: readonly Row[]): boolean {
  const parts = rows.map(({ instance, at, event }) => ({
    instance: String(instance),
    at: Number(at),
    sums: sumOf(JSON.parse(String(event)).stats),
  }))
  addSamples(database, minute, parts)
  return rows.length > 0
}

/** Sums of minutes before a time become those of their hour. */
function gatherMinutes(database: DatabaseSync, before: number): boolean {
  const rows = database
    .prepare('SELECT instance, at, stats FROM samples WHERE span = ? AND at < ? ORDER BY at LIMIT ?')
    .all(minute, before, slice)
  const parts = rows.map(({ instance, at, stats }) => ({
    instance: String(instance),
    at: Number(at),
    sums: JSON.parse(String(stats)),
  }))
  addSamples(database, hour, parts)
  const remove = database.prepare('DELETE FROM samples WHERE span = ? AND instance = ? AND at = ?')
  for (const { instance, at } of parts) remove.run(minute, instance, at)
  return rows.length > 0
}

function addSamples(
  database: DatabaseSync,
  span: number,
  parts: readonly { readonly instance: string; readonly at: number; readonly sums: Sums }[],
): void {
  const read = database.prepare('SELECT stats FROM samples WHERE instance = ? AND span = ? AND at = ?')
  const write = database.prepare(
    'INSERT OR REPLACE INTO samples (instance, span, at, stats) VALUES (?, ?, ?, ?)',
  )
  for (const { instance, at, sums } of parts) {
    const begin = Math.floor(at / span) * span
    const there = read.get(instance, span, begin)
    const all = there ? addSums(JSON.parse(String(there.stats)), sums) : sums
    write.run(instance, span, begin, JSON.stringify(all))
  }
}

/** Removes the oldest sums for which a condition holds; whether there were any. */
function removeSamples(database: DatabaseSync, condition: string, before: number): boolean {
  const oldest = `SELECT instance, span, at FROM samples WHERE ${condition} ORDER BY at LIMIT ${slice}`
  const statement = `DELETE FROM samples WHERE (instance, span, at) IN (${oldest})`
  return database.prepare(statement).run(before).changes > 0
}

/** Forgets instances that are silent for long, once nothing of theirs is kept. */
function forget(database: DatabaseSync, silent: readonly string[]): string[] {
  const events = database.prepare('SELECT 1 FROM events_of WHERE instance = ? LIMIT 1')
  const remove = database.prepare('DELETE FROM instances WHERE id = ?')
  const gone = silent.filter((id) => events.get(id) === undefined)
  for (const id of gone) remove.run(id)
  return gone
}
