import { type Lock, tryLock } from '../data/lock.ts'
import { readStatus } from './read-status.ts'
import { claimStatus } from './status-file.ts'

/** The exclusive use of a run directory, or who has it. */
export type RunClaim = { release(): void } | { readonly inUse: string }

/** A lock that nothing refers to would be released by the garbage collector. */
const held = new Set<Lock>()

/**
 * Takes a run directory for this boot and removes the status of the boot before, as the first act of `ww run`. A
 * kill -9 releases it. `inUse` names the instance that has it.
 */
export function claimRun(run: string): RunClaim {
  const lock = lockRun(`${run}/run.lock`)
  if (lock === null) return { inUse: describeHolder(run) }
  claimStatus(run)
  held.add(lock)
  return {
    release() {
      held.delete(lock)
      lock.release()
    },
  }
}

function lockRun(path: string): Lock | null {
  try {
    return tryLock(path)
  } catch {
    // it cannot be locked, such as on a full disk: a boot without the lock is better than none
    return { release() {} }
  }
}

function describeHolder(run: string): string {
  const holder = readStatus(run)
  return holder?.alive ? `instance ${holder.instance} (pid ${holder.pid})` : 'another instance'
}
