import { chmodSync, lchownSync, mkdtempSync, readdirSync, rmdirSync, statSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { effectiveUser } from '../base/write-error.ts'
import type { Account } from './account.ts'

/** The length of what is below the parent: `/notify-123456/socket`. */
export const socketNameLength = 21

/** Makes a directory that this user alone changes, whoever uses what is in it. */
export function makeSocketDirectory(parent: string): string {
  return mkdtempSync(`${parent}/notify-`)
}

/**
 * Lets one user send to the socket in a directory: its own mode decides who sends to it, and the directory only who gets
 * there. It stays ours, so that another user cannot put anything in the place of the socket.
 */
export function admitSender(directory: string, owner: Account | null): void {
  const path = `${directory}/socket`
  // whatever the umask
  chmodSync(path, 0o600)
  if (owner === null) return
  lchownSync(path, owner.uid, owner.gid)
  chmodSync(directory, 0o711)
}

/** Removes a directory with its socket; it never throws. */
export function removeSocketDirectory(directory: string): void {
  try {
    unlinkSync(`${directory}/socket`)
  } catch {
    // it was never made
  }
  try {
    rmdirSync(directory)
  } catch {
    // the file system has become read-only
  }
}

/** Removes the sockets that a boot before this one has left in its run directory. */
export function removeStaleSockets(parent: string): void {
  try {
    const found = readdirSync(parent).filter((name) => /^notify-\w{6}$/.test(name))
    for (const name of found) removeSocketDirectory(`${parent}/${name}`)
  } catch {
    // there is no such directory
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
