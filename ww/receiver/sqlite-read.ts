import type { DatabaseSync } from 'node:sqlite'
import type { KeptEvent } from './model.ts'
import { meanOf } from './numbers.ts'
import type { Sample } from './store.ts'

/** The events for which a condition holds, in the order that it gives. */
export function readEvents(
  database: DatabaseSync,
  condition: string,
  ...values: (string | number)[]
): KeptEvent[] {
  const rows = database.prepare(`SELECT position, event FROM events ${condition}`).all(...values)
  return rows.map(({ position, event }) => ({ ...JSON.parse(String(event)), position: Number(position) }))
}

/** The stats of an instance from a time to another, oldest first, those that are means by now included. */
export function readSamples(database: DatabaseSync, id: string, from: number, to: number): Sample[] {
  const means = database
    .prepare('SELECT at, stats FROM samples WHERE instance = ? AND at BETWEEN ? AND ?')
    .all(id, from, to)
    .map(({ at, stats }) => ({ at: Number(at), stats: meanOf(JSON.parse(String(stats))) }))
  const condition = "WHERE instance = ? AND kind = 'stats' AND at BETWEEN ? AND ?"
  const single = readEvents(database, condition, id, from, to).flatMap((event) =>
    event.kind === 'stats' ? [{ at: event.at, stats: event.stats }] : [],
  )
  return [...means, ...single].sort((a, b) => a.at - b.at)
}
