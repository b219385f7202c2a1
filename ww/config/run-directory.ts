import { realpathSync, type Stats, statSync } from 'node:fs'
import { exitCode, UserError } from '../base/errors.ts'
import { codeOf, makeDirectory } from '../base/files.ts'
import { claimDirectory, statLink } from '../base/private-directory.ts'
import {
  effectiveUser,
  explainForeignOwner,
  explainWriteError,
  type WriteRefusal,
} from '../base/write-error.ts'

/** Directories that belong to the whole machine: their mode is left alone. */
const machineWide = ['/', '/run', '/var/run', '/tmp', '/var/tmp', '/dev/shm']

/** What another user or a later mount can change; anything else is wrong with the path itself. */
const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']

/** The private directory at, or in, the one that is wanted; otherwise why there can be none. */
export function claimRun(wanted: string, chosen: boolean): string | WriteRefusal {
  const own = `${wanted}/uid-${effectiveUser()}`
  try {
    makeDirectory(wanted, 0o700)
  } catch (error) {
    const refusal = explainWriteError(wanted, error)
    // no later boot can succeed there: a path below a file, or on a file system such as /proc
    if (chosen && !refusals.includes(codeOf(error) ?? '')) throw refuseSetting(wanted, refusal.reason)
    return refusal
  }
  const link = statLink(wanted)
  // a link is followed when it is the machine's or ours: anybody else's was planted
  if (link?.isSymbolicLink() && link.uid !== 0 && link.uid !== effectiveUser())
    return explainForeignOwner(wanted, link.uid)
  const stats = statSync(wanted, { throwIfNoEntry: false })
  if (stats?.isDirectory() !== true) {
    if (chosen) throw refuseSetting(wanted, 'it is not a directory')
    return { path: wanted, reason: 'it is not a directory', fix: 'remove it' }
  }
  const target = realpathSync(wanted)
  // what was shared once stays so: a reader takes whatever is at uid-N for a sign of that
  const wasShared = statLink(own) !== null
  const isShared = wasShared || !isOurs(stats) || (stats.mode & 0o022) !== 0 || machineWide.includes(target)
  return claimDirectory(isShared ? own : target) ?? (isShared ? own : wanted)
}

function refuseSetting(path: string, reason: string): UserError {
  return new UserError(
    `WW_RUN: cannot use ${path}: ${reason}; set it to a directory that can be created`,
    exitCode.configuration,
  )
}

/** Whether it exists and belongs to this user. */
export function isOurs(stats: Stats | null): boolean {
  return stats !== null && !stats.isSymbolicLink() && stats.uid === effectiveUser()
}
