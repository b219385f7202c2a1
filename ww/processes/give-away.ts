import {
  closeSync,
  constants,
  fchownSync,
  lchownSync,
  openSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { effectiveUser } from '../base/write-error.ts'
import type { Account } from './account.ts'

/** Gives a private directory of ours and one file in it to another user, the directory last: only then can they change it. */
export function giveAway(directory: string, path: string, { uid, gid }: Account): void {
  const opened = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  try {
    lchownSync(path, uid, gid)
    fchownSync(opened, uid, gid)
  } finally {
    closeSync(opened)
  }
}

/**
 * Removes a directory that may belong to another user, with its one file. What that user has put beside it stays: to
 * follow names in a directory of somebody else, as root, is how other files are lost.
 */
export function removePrivate(directory: string, file: string): void {
  try {
    unlinkSync(`${directory}/${file}`)
  } catch {
    // it was removed, or is no file any more
  }
  try {
    rmdirSync(directory)
  } catch {
    // it is not empty
  }
}

/** Whether the owner can get to what is in a directory, and nobody else can replace it there. */
export function isUsable(parent: string, owner: Account | null): boolean {
  try {
    const { uid, mode } = statSync(parent)
    const isOurs = uid === effectiveUser() || uid === 0
    const isShared = (mode & 0o022) !== 0 && (mode & 0o1000) === 0
    if (!isOurs || isShared) return false
    if (owner === null || owner.uid === 0) return true
    for (let path = parent; ; path = dirname(path)) {
      if (!canSearch(path, owner)) return false
      if (path === dirname(path)) return true
    }
  } catch {
    // it does not exist, or not even we can get there
    return false
  }
}

function canSearch(path: string, { uid, gid }: Account): boolean {
  const stats = statSync(path)
  const bit = stats.uid === uid ? 0o100 : stats.gid === gid ? 0o010 : 0o001
  return (stats.mode & bit) !== 0
}
