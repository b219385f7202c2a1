import { readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { temporaryName } from '../base/files.ts'
import { aliveLock } from '../data/instance-directory.ts'
import { tryLock } from '../data/lock.ts'

/** After this long, an instance that ended is not expected to come back, and its directory is removed; milliseconds. */
const forgottenAfter = 30 * 86_400_000

/**
 * Takes over the outboxes of instances that are dead, by moving them, whole and in order, into the directory of this
 * one; returns the directories of all that were taken over, by an earlier boot too. An instance that runs has a lock.
 */
export function adoptOutboxes(own: string, shared: string | null): string[] {
  if (shared !== null) {
    for (const name of list(shared)) if (name !== basename(own)) adoptFrom(`${shared}/${name}`, own)
    // where the first version had the outbox of all instances
    if (list(shared).includes('outbox')) move(`${shared}/outbox`, own)
  }
  return list(own)
    .filter((name) => name.startsWith('adopted.'))
    .sort()
    .map((name) => `${own}/${name}`)
}

function adoptFrom(directory: string, own: string): void {
  const names = list(directory)
  // without the lock's file it is no directory of an instance
  if (!names.includes(aliveLock)) return
  try {
    const lock = tryLock(`${directory}/${aliveLock}`)
    if (lock === null) return
    for (const name of names)
      if (name === 'outbox' || name.startsWith('adopted.')) move(`${directory}/${name}`, own)
    if (isForgotten(directory)) rmSync(directory, { recursive: true, force: true })
    lock.release()
  } catch {
    // it is left to another boot
  }
}

function move(outbox: string, own: string): void {
  try {
    renameSync(outbox, temporaryName(`${own}/adopted`))
  } catch {
    // another instance was faster, or the disk takes no changes
  }
}

/** By its boot record, which a new instance does not have yet. */
function isForgotten(directory: string): boolean {
  const written = statSync(`${directory}/boot.json`, { throwIfNoEntry: false })?.mtimeMs
  return written !== undefined && Date.now() - written > forgottenAfter
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
