import type { ClientBase } from 'pg'

/** Each brings the database from the version before it to its own, its place in the list. */
const migrations = [
  `CREATE TABLE ww_events (
     position bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
     id text NOT NULL UNIQUE,
     instance text NOT NULL,
     kind text NOT NULL,
     at bigint NOT NULL,
     event json NOT NULL
   );
   CREATE INDEX ww_events_of_instance ON ww_events (instance, kind, at);
   CREATE INDEX ww_events_by_age ON ww_events (kind, at);
   CREATE TABLE ww_instances (id text PRIMARY KEY, record json NOT NULL);
   CREATE TABLE ww_samples (
     instance text NOT NULL,
     span bigint NOT NULL,
     at bigint NOT NULL,
     stats json NOT NULL,
     PRIMARY KEY (instance, span, at)
   );
   CREATE INDEX ww_samples_by_age ON ww_samples (span, at);
   CREATE TABLE ww_documents (name text PRIMARY KEY, value json NOT NULL)`,
  // an id is an instance's own; the events of one are read by their positions
  `UPDATE ww_events SET id = instance || ' ' || id;
   DROP INDEX ww_events_of_instance;
   CREATE INDEX ww_events_of_instance ON ww_events (instance, position)`,
]

/** One at a time writes, so that positions are in the order in which they become visible: the advisory lock's number. */
export const writersLock = 7_737_001

/** The advisory lock of the one that acts for all; it goes with its connection. */
export const leadersLock = 7_737_002

/** Brings a database up to a version; false when it is of a version that this program does not know. */
export async function migrate(client: ClientBase, to = migrations.length): Promise<boolean> {
  await client.query('BEGIN')
  await client.query('SELECT pg_advisory_xact_lock($1)', [writersLock])
  await client.query('CREATE TABLE IF NOT EXISTS ww_version (version integer NOT NULL)')
  const { rows } = await client.query<{ version: number }>('SELECT version FROM ww_version')
  const version = rows[0]?.version ?? 0
  for (const migration of migrations.slice(version, to)) await client.query(migration)
  if (version < to) {
    await client.query('DELETE FROM ww_version')
    await client.query('INSERT INTO ww_version VALUES ($1)', [to])
  }
  await client.query('COMMIT')
  return version <= to
}
