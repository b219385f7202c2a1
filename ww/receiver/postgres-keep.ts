import type { ClientBase } from 'pg'
import type { Arrival } from './arrivals.ts'
import { passOverKnown } from './duplicate.ts'
import { applyEvent } from './instance-record.ts'
import type { FleetEvent, InstanceRecord } from './model.ts'

/**
 * Keeps within a transaction those events that did not come before, and brings the records of their instances up to
 * them; answers with those that it kept.
 */
export async function keepEvents(
  client: ClientBase,
  arrivals: readonly Arrival[],
): Promise<readonly Arrival[]> {
  const ids = [...new Set(arrivals.map(({ instance }) => instance))]
  const { rows } = await client.query<{ record: InstanceRecord }>(
    'SELECT record FROM ww_instances WHERE id = ANY ($1)',
    [ids],
  )
  const records = new Map(rows.map(({ record }) => [record.id, record]))
  const fresh = await passOverKnown(
    arrivals,
    (id) => records.get(id),
    (open) => lookUp(client, open),
  )
  const inserted = await insertEvents(client, fresh)
  const kept = fresh.filter((arrival) => inserted.has(describeKey(arrival)))
  for (const { event, instance } of kept)
    records.set(instance, applyEvent(records.get(instance) ?? null, event))
  await writeRecords(
    client,
    [...new Set(kept.map(({ instance }) => instance))].flatMap((id) => records.get(id) ?? []),
  )
  return kept
}

/** What an event counts once by: others may choose the same ids for theirs. */
const describeKey = ({ event, instance }: Arrival): string => `${instance} ${event.id}`

/** What is kept of the same instances with the same sequences. */
async function lookUp(client: ClientBase, open: readonly Arrival[]): Promise<readonly FleetEvent[]> {
  const { rows } = await client.query<{ event: FleetEvent }>(
    `SELECT event FROM ww_events JOIN
       (SELECT DISTINCT * FROM unnest($1::text[], $2::bigint[]) AS given (instance, sequence)) AS asked
       ON ww_events.instance = asked.instance AND (event ->> 'sequence')::bigint = asked.sequence`,
    [open.map(({ instance }) => instance), open.map(({ event }) => event.sequence)],
  )
  return rows.map(({ event }) => event)
}

/** Inserts events in order; those whose key is known are passed over, and the keys of the others answered. */
async function insertEvents(client: ClientBase, arrivals: readonly Arrival[]): Promise<ReadonlySet<string>> {
  const columns = [
    arrivals.map(describeKey),
    arrivals.map(({ instance }) => instance),
    arrivals.map(({ event }) => event.kind),
    arrivals.map(({ event }) => event.at),
    arrivals.map(({ event }) => JSON.stringify(event)),
  ]
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO ww_events (id, instance, kind, at, event)
       SELECT id, instance, kind, at, event
       FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::json[])
         WITH ORDINALITY AS given (id, instance, kind, at, event, number) ORDER BY number
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    columns,
  )
  return new Set(rows.map(({ id }) => id))
}

async function writeRecords(client: ClientBase, records: readonly InstanceRecord[]): Promise<void> {
  await client.query(
    `INSERT INTO ww_instances SELECT * FROM unnest($1::text[], $2::json[])
     ON CONFLICT (id) DO UPDATE SET record = EXCLUDED.record`,
    [records.map(({ id }) => id), records.map((record) => JSON.stringify(record))],
  )
}

/** Keeps a small document within a transaction. */
export async function writeDocument(client: ClientBase, name: string, value: string): Promise<void> {
  const text = 'INSERT INTO ww_documents VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2'
  await client.query(text, [name, value])
}
