import { readFileSync } from 'node:fs'
import { replaceFile } from '../base/files.ts'
import type { Log } from '../base/log.ts'
import { firstReport, nextReport } from '../base/report-times.ts'
import { sleep } from '../base/sleep.ts'
import { formatDuration, formatLimit } from '../base/text.ts'
import { describeWriteError } from '../base/write-error.ts'
import type { Limit } from '../lifecycle/limit.ts'
import type { LockResult } from '../lifecycle/world.ts'
import { tryLock } from './lock.ts'
import { claimState } from './state-directory.ts'

/** Who wants to change /data, and what for. */
export type DataUser = { readonly instance: string; readonly verb: DataVerb }

/** What is done to /data under the lock. */
export type DataVerb = 'initialise' | 'upgrade'

const gerunds: Readonly<Record<DataVerb, string>> = { initialise: 'initialising', upgrade: 'upgrading' }

/** How often the lock is tried, in milliseconds. */
const pollInterval = 200

/** Waits for the exclusive right to change /data until `limit.end`, and logs who has it. */
export async function lockData(
  data: string,
  me: DataUser,
  limit: Limit,
  log: Pick<Log, 'info'>,
): Promise<LockResult> {
  const refusal = claimState(data)
  if (refusal !== null) return { kind: 'failed', reason: refusal }
  const path = `${data}/.ww/data.lock`
  const holder = `${data}/.ww/data.holder`
  const began = performance.now()
  const report = new WaitReport()
  while (!limit.end.aborted) {
    try {
      const lock = tryLock(path)
      if (lock) {
        noteHolder(holder, me)
        return { kind: 'locked', lock }
      }
    } catch (error) {
      return { kind: 'failed', reason: describeWriteError(path, error) }
    }
    if (report.isDue(performance.now() - began))
      log.info(`waiting for ${data}: ${describeHolder(holder)} (limit ${formatLimit(limit.ms)})`)
    await sleep(pollInterval, limit.end)
  }
  if (limit.cause === 'left') return { kind: 'aborted' }
  const reason = `${describeHolder(holder)} (limit ${formatLimit(limit.ms)}); wait, or stop it`
  return { kind: 'failed', reason: `cannot ${me.verb} ${data}: ${reason}` }
}

/** When the next line about a wait is due: after 1 s, 10 s, 1 min, 5 min, and then every 5 min. */
export class WaitReport {
  #due = firstReport

  isDue(waited: number): boolean {
    if (waited < this.#due) return false
    this.#due = nextReport(this.#due)
    return true
  }
}

function noteHolder(path: string, { instance, verb }: DataUser): void {
  try {
    replaceFile(path, `${JSON.stringify({ instance, verb, since: Date.now() })}\n`, 0o600)
  } catch {
    // others then wait for an instance whose name they don't know
  }
}

/** Who has the lock, what for and since when, as far as it could write that down. */
function describeHolder(path: string): string {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof holder === 'object' && holder !== null && 'instance' in holder && 'since' in holder) {
      const gerund = 'verb' in holder && holder.verb === 'initialise' ? gerunds.initialise : gerunds.upgrade
      const lasted = formatDuration(Date.now() - Number(holder.since))
      return `instance ${holder.instance} has been ${gerund} it for ${lasted}`
    }
  } catch {
    // not written yet, or not at all
  }
  return 'another instance has been changing it'
}
