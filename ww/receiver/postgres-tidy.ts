import type { ClientBase } from 'pg'
import { addSums, type Sums, sumOf } from './numbers.ts'
import type { Retention } from './store.ts'

/** So many rows in one go: a few milliseconds of work. */
const slice = 500

const minute = 60_000
const hour = 3_600_000

/** Events that are neither states nor stats. */
const single = "kind IN ('service', 'schedule', 'other')"

/** Does a slice of what is due within a transaction, the first of these that finds something to do; whether there was any. */
export async function tidyPostgres(
  client: ClientBase,
  retention: Retention,
  now: number,
  { isFull, silent }: { readonly isFull: boolean; readonly silent: readonly string[] },
): Promise<boolean> {
  const { stats, minutes, hours, events } = retention
  const found =
    (await gatherStats(client, isFull ? now : now - stats)) ||
    (await gatherMinutes(client, now - minutes)) ||
    (await remove(client, 'ww_samples', `span = ${hour} AND at < $1`, now - hours)) ||
    (await remove(client, 'ww_events', "kind = 'lifecycle' AND at < $1", now - events)) ||
    (await remove(client, 'ww_events', `${single} AND at < $1`, now - events)) ||
    (isFull && (await remove(client, 'ww_samples', 'at < $1', now))) ||
    (isFull && (await remove(client, 'ww_events', `${single} AND at < $1`, now))) ||
    (isFull && (await remove(client, 'ww_events', 'at < $1', now)))
  if (!found) await forget(client, silent)
  return found
}

type Part = { readonly instance: string; readonly at: number; readonly sums: Sums }

/** Stats before a time become sums of their minute. */
async function gatherStats(client: ClientBase, before: number): Promise<boolean> {
  const { rows } = await client.query<{ instance: string; at: string; event: { stats: unknown } }>(
    `DELETE FROM ww_events WHERE position IN
       (SELECT position FROM ww_events WHERE kind = 'stats' AND at < $1 ORDER BY at LIMIT ${slice})
     RETURNING instance, at, event`,
    [before],
  )
  const parts = rows.map(({ instance, at, event }) => ({
    instance,
    at: Number(at),
    sums: sumOf(event.stats),
  }))
  await addSamples(client, minute, parts)
  return rows.length > 0
}

/** Sums of minutes before a time become those of their hour. */
async function gatherMinutes(client: ClientBase, before: number): Promise<boolean> {
  const { rows } = await client.query<{ instance: string; at: string; stats: Sums }>(
    `DELETE FROM ww_samples WHERE span = ${minute} AND (instance, at) IN
       (SELECT instance, at FROM ww_samples WHERE span = ${minute} AND at < $1 ORDER BY at LIMIT ${slice})
     RETURNING instance, at, stats`,
    [before],
  )
  const parts = rows.map(({ instance, at, stats }) => ({ instance, at: Number(at), sums: stats }))
  await addSamples(client, hour, parts)
  return rows.length > 0
}

async function addSamples(client: ClientBase, span: number, parts: readonly Part[]): Promise<void> {
  const spans = Map.groupBy(parts, ({ instance, at }) =>
    JSON.stringify([instance, Math.floor(at / span) * span]),
  )
  for (const [key, group] of spans) {
    const [instance, at]: [string, number] = JSON.parse(key)
    const { rows } = await client.query<{ stats: Sums }>(
      'SELECT stats FROM ww_samples WHERE instance = $1 AND span = $2 AND at = $3',
      [instance, span, at],
    )
    const all = group.reduce((sums, part) => addSums(sums, part.sums), rows[0]?.stats ?? {})
    await client.query(
      'INSERT INTO ww_samples VALUES ($1, $2, $3, $4) ON CONFLICT (instance, span, at) DO UPDATE SET stats = $4',
      [instance, span, at, JSON.stringify(all)],
    )
  }
}

/** Removes the oldest rows for which a condition holds; whether there were any. */
async function remove(
  client: ClientBase,
  table: string,
  condition: string,
  before: number,
): Promise<boolean> {
  const oldest = `SELECT ctid FROM ${table} WHERE ${condition} ORDER BY at LIMIT ${slice}`
  const { rowCount } = await client.query(`DELETE FROM ${table} WHERE ctid = ANY (ARRAY (${oldest}))`, [
    before,
  ])
  return (rowCount ?? 0) > 0
}

/** Removes all that is kept of an instance; false when there was none. */
export async function forgetInstance(client: ClientBase, id: string): Promise<boolean> {
  await client.query('DELETE FROM ww_events WHERE instance = $1', [id])
  await client.query('DELETE FROM ww_samples WHERE instance = $1', [id])
  const { rowCount } = await client.query('DELETE FROM ww_instances WHERE id = $1', [id])
  return (rowCount ?? 0) > 0
}

/** Forgets instances that are silent for long, once nothing of theirs is kept. */
async function forget(client: ClientBase, silent: readonly string[]): Promise<void> {
  await client.query(
    `DELETE FROM ww_instances WHERE id = ANY ($1)
       AND NOT EXISTS (SELECT FROM ww_events WHERE ww_events.instance = ww_instances.id)`,
    [silent],
  )
}
