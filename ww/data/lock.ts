import { closeSync, constants, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeDirectory } from '../base/files.ts'
import { statLink } from '../base/private-directory.ts'

/** A lock that is held until it is released or its process ends, by kill -9 too. */
export type Lock = { release(): void }

/**
 * Takes the exclusive lock on a file, or returns null when another process has it; throws when there can be no such
 * file. The lock is SQLite's on an empty database, hence the kernel's: it ends with its process, and holds between
 * containers that share a volume and, where the file system supports locks, between hosts.
 */
export function tryLock(path: string): Lock | null {
  makeDirectory(dirname(path))
  createEmpty(path)
  const database = new DatabaseSync(path)
  try {
    // a journal in a file would need space on the disk, which may be full
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return {
      release() {
        if (database.isOpen) database.close()
      },
    }
  } catch (error) {
    database.close()
    if (error instanceof Error && error.message.includes('locked')) return null
    throw error
  }
}

/** So that the error is the system's own, which says why; an existing file is not opened, as closing it would unlock it. */
function createEmpty(path: string): void {
  if (statLink(path) !== null) return
  const { O_CREAT, O_WRONLY, O_NOFOLLOW } = constants
  closeSync(openSync(path, O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600))
}
