import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A lock that is held until it is released or its process ends, by kill -9 too. */
export type Lock = { release(): void }

/**
 * Takes the exclusive lock on a file, or returns null when somebody else has it. The lock is SQLite's on an empty
 * database, hence the kernel's: it goes with its process, holds between containers that share a volume, and, where
 * the file system carries locks, between hosts.
 */
export function tryLock(path: string): Lock | null {
  mkdirSync(dirname(path), { recursive: true })
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return { release: () => database.close() }
  } catch (error) {
    database.close()
    if (error instanceof Error && error.message.includes('locked')) return null
    throw error
  }
}
