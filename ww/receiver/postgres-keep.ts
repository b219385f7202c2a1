import type { ClientBase } from 'pg'
import { applyEvent } from './instance-record.ts'
import { type FleetEvent, type InstanceRecord, instanceId, type KeptEvent } from './model.ts'

/** Inserts events in order; those whose id is known are passed over, and the others answered with their positions. */
export async function insertEvents(client: ClientBase, events: readonly FleetEvent[]): Promise<KeptEvent[]> {
  const columns = [
    events.map(({ id }) => id),
    events.map(({ app, instance }) => instanceId(app, instance)),
    events.map(({ kind }) => kind),
    events.map(({ at }) => at),
    events.map((event) => JSON.stringify(event)),
  ]
  const { rows } = await client.query<{ position: string; id: string }>(
    `INSERT INTO ww_events (id, instance, kind, at, event)
       SELECT id, instance, kind, at, event
       FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::json[])
         WITH ORDINALITY AS given (id, instance, kind, at, event, number) ORDER BY number
     ON CONFLICT (id) DO NOTHING RETURNING position, id`,
    columns,
  )
  const byId = new Map<string, FleetEvent>()
  for (const event of events) if (!byId.has(event.id)) byId.set(event.id, event)
  return rows.flatMap(({ position, id }) => {
    const event = byId.get(id)
    return event ? [{ ...event, position: Number(position) }] : []
  })
}

/** Brings the records of instances up to what was kept. */
export async function updateRecords(client: ClientBase, kept: readonly KeptEvent[]): Promise<void> {
  const ids = [...new Set(kept.map(({ app, instance }) => instanceId(app, instance)))]
  const { rows } = await client.query<{ record: InstanceRecord }>(
    'SELECT record FROM ww_instances WHERE id = ANY ($1)',
    [ids],
  )
  const records = new Map(rows.map(({ record }) => [record.id, record]))
  for (const { position: _, ...event } of kept) {
    const id = instanceId(event.app, event.instance)
    records.set(id, applyEvent(records.get(id) ?? null, event))
  }
  await client.query(
    `INSERT INTO ww_instances SELECT * FROM unnest($1::text[], $2::json[])
     ON CONFLICT (id) DO UPDATE SET record = EXCLUDED.record`,
    [[...records.keys()], [...records.values()].map((record) => JSON.stringify(record))],
  )
}
