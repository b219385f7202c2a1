import { DatabaseSync } from 'node:sqlite'
import { exitCode, UserError } from '../base/errors.ts'
import { migrate } from './sqlite-schema.ts'

/** Opens a file for this process alone, made and brought up to date; throws a UserError when it cannot be used. */
export function openDatabase(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file)
    // an event has about half a kilobyte: pages of 8 KiB take a third off what a commit costs, for a new file only
    database.exec('PRAGMA page_size = 8192')
    // one process alone; a commit is on the disk before it is answered
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    // 16 MB of log: a page of an index that many events touch is copied into the file once for all of them
    database.exec('PRAGMA wal_autocheckpoint = 2000')
    if (migrate(database)) return database
  } catch (error) {
    throw new UserError(`cannot open ${file}: ${wordsOf(error)}`, exitCode.configuration, { cause: error })
  }
  throw new UserError(`cannot open ${file}: a newer version of whaleware has used it`, exitCode.configuration)
}

function wordsOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message === 'database is locked' ? 'another process has it open' : message
}

/** How many bytes of a database are in use. */
export function sizeOf(database: DatabaseSync): number {
  const read = (name: string): number =>
    Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  return (read('page_count') - read('freelist_count')) * read('page_size')
}

/** Writes in a transaction; what the disk refuses leaves the file as it was, and is told in words. */
export function guardWrite<Result>(database: DatabaseSync, file: string, write: () => Result): Result {
  try {
    database.exec('BEGIN IMMEDIATE')
    const result = write()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw new UserError(`cannot write ${file}: ${wordsOf(error)}`, exitCode.failed, { cause: error })
  }
}
