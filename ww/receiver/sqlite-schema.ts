import type { DatabaseSync } from 'node:sqlite'

/** Each brings the file from the version before it to its own, its place in the list. */
const migrations = [
  `CREATE TABLE events (
     position INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     instance TEXT NOT NULL,
     kind TEXT NOT NULL,
     at INTEGER NOT NULL,
     event TEXT NOT NULL
   ) STRICT;
   CREATE INDEX events_of_instance ON events (instance, kind, at);
   CREATE INDEX events_by_age ON events (kind, at);
   CREATE TABLE instances (id TEXT PRIMARY KEY, record TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE samples (
     instance TEXT NOT NULL,
     span INTEGER NOT NULL,
     at INTEGER NOT NULL,
     stats TEXT NOT NULL,
     PRIMARY KEY (instance, span, at)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX samples_by_age ON samples (span, at);
   CREATE TABLE documents (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // an event touches no page of its own in an index any more: whose it is, is filed for many at once
  `CREATE TABLE arrivals (
     position INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT,
     instance TEXT NOT NULL,
     kind TEXT NOT NULL,
     at INTEGER NOT NULL,
     sequence INTEGER NOT NULL,
     event TEXT NOT NULL
   ) STRICT;
   INSERT INTO arrivals SELECT position, iif(event ->> 'bootId' = '', instance || ' ' || id, NULL), instance, kind, at,
     event ->> 'sequence', event FROM events;
   DROP TABLE events;
   ALTER TABLE arrivals RENAME TO events;
   CREATE UNIQUE INDEX events_by_key ON events (key) WHERE key IS NOT NULL;
   CREATE INDEX events_by_age ON events (kind, at);
   CREATE TABLE events_of (
     instance TEXT NOT NULL,
     position INTEGER NOT NULL,
     kind TEXT NOT NULL,
     at INTEGER NOT NULL,
     sequence INTEGER NOT NULL,
     PRIMARY KEY (instance, position)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX events_of_sequence ON events_of (instance, sequence);
   INSERT INTO events_of SELECT instance, position, kind, at, sequence FROM events;
   CREATE TABLE filed (position INTEGER NOT NULL) STRICT;
   INSERT INTO filed SELECT coalesce(max(position), 0) FROM events;`,
]

/** Brings a file up to a version; false when it is of a version that this program does not know. */
export function migrate(database: DatabaseSync, to = migrations.length): boolean {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (version > to) return false
  for (const [index, migration] of migrations.slice(0, to).entries()) {
    if (index < version) continue
    database.exec(`BEGIN; ${migration}; PRAGMA user_version = ${index + 1}; COMMIT`)
  }
  return true
}
