import type { DatabaseSync } from 'node:sqlite'
import { addSums, type Sums, sumOf } from './numbers.ts'
import { sizeOf } from './sqlite-file.ts'
import type { Retention } from './store.ts'

/** So many rows in one go: a few milliseconds of work. */
const slice = 500

const minute = 60_000
const hour = 3_600_000

/** Does a slice of what is due: the first of these that finds something to do. */
export function tidySqlite(
  database: DatabaseSync,
  retention: Retention,
  now: number,
  silent: readonly string[],
): { more: boolean; gone: readonly string[] } {
  const { stats, minutes, hours, events } = retention
  const isFull = sizeOf(database) > retention.bytes
  database.exec('BEGIN IMMEDIATE')
  const found =
    gatherStats(database, isFull ? now : now - stats) ||
    gatherMinutes(database, now - minutes) ||
    remove(database, 'samples', 'span = 3600000 AND at < ?', now - hours, '(instance, span, at)') ||
    remove(database, 'events', "kind = 'lifecycle' AND at < ?", now - events, 'position') ||
    (isFull && remove(database, 'samples', 'at < ?', now, '(instance, span, at)')) ||
    (isFull && remove(database, 'events', 'at < ?', now, 'position'))
  const gone = found ? [] : forget(database, silent)
  database.exec('COMMIT')
  return { more: found, gone }
}

/** Stats before a time become sums of their minute. */
function gatherStats(database: DatabaseSync, before: number): boolean {
  const rows = database
    .prepare(
      "SELECT position, instance, at, event FROM events WHERE kind = 'stats' AND at < ? ORDER BY at LIMIT ?",
    )
    .all(before, slice)
  const parts = rows.map(({ instance, at, event }) => ({
    instance: String(instance),
    at: Number(at),
    sums: sumOf(JSON.parse(String(event)).stats),
  }))
  addSamples(database, minute, parts)
  const remove = database.prepare('DELETE FROM events WHERE position = ?')
  for (const { position } of rows) remove.run(Number(position))
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

/** Removes the oldest rows for which a condition holds; whether there were any. */
function remove(
  database: DatabaseSync,
  table: string,
  condition: string,
  before: number,
  key: string,
): boolean {
  const columns = key.replace(/[()]/g, '')
  const oldest = `SELECT ${columns} FROM ${table} WHERE ${condition} ORDER BY at LIMIT ${slice}`
  return database.prepare(`DELETE FROM ${table} WHERE ${key} IN (${oldest})`).run(before).changes > 0
}

/** Forgets instances that are silent for long, once nothing of theirs is kept. */
function forget(database: DatabaseSync, silent: readonly string[]): string[] {
  const events = database.prepare('SELECT 1 FROM events WHERE instance = ? LIMIT 1')
  const remove = database.prepare('DELETE FROM instances WHERE id = ?')
  const gone = silent.filter((id) => events.get(id) === undefined)
  for (const id of gone) remove.run(id)
  return gone
}
