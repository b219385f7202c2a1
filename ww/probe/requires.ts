import type { Log } from '../base/log.ts'
import { firstReport, nextReport } from '../base/report-times.ts'
import { sleep } from '../base/sleep.ts'
import { formatDuration, formatLimit } from '../base/text.ts'
import type { Limit } from '../lifecycle/limit.ts'
import { probe } from './probe.ts'

/** Milliseconds between two probes of what is missing. */
const pollInterval = 500

/** What does not respond yet, by address, and why. */
type Missing = Map<string, string>

/**
 * Waits until everything required responds. Null when all of it does, or when `limit.end` came because the state was
 * left; when the time was over, a sentence that names what is missing, and why.
 */
export async function awaitRequired(
  requires: readonly string[],
  limit: Limit,
  { log, env }: { readonly log: Pick<Log, 'info'>; readonly env: NodeJS.ProcessEnv },
): Promise<string | null> {
  const missing: Missing = new Map(requires.map((address) => [address, 'no response yet']))
  const over = new AbortController()
  const report = reportWaiting(missing, limit, log, AbortSignal.any([limit.end, over.signal]))
  await Promise.all([...missing.keys()].map((address) => awaitOne(address, missing, limit.end, env)))
  over.abort()
  await report
  if (missing.size === 0 || limit.cause === 'left') return null
  const reasons = [...missing].map(([address, reason]) => `${address}: ${reason}`)
  return `gave up waiting for ${reasons.join(', ')} after ${formatLimit(limit.ms)} (ww.requires_timeout)`
}

async function awaitOne(
  address: string,
  missing: Missing,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  while (!signal.aborted) {
    const result = await probe(address, { signal, env })
    if (result.ok) {
      missing.delete(address)
      return
    }
    // what a probe returns when it is cut short is not why the address did not respond
    if (!signal.aborted) missing.set(address, result.reason)
    await sleep(pollInterval, signal)
  }
}

/** Not part of the probing, since a probe may itself take seconds. */
async function reportWaiting(
  missing: ReadonlyMap<string, string>,
  { ms }: Limit,
  log: Pick<Log, 'info'>,
  over: AbortSignal,
): Promise<void> {
  const begun = performance.now()
  for (let due = firstReport; ; due = nextReport(due)) {
    await sleep(begun + due - performance.now(), over)
    if (over.aborted) return
    const facts = `(for ${formatDuration(Math.max(due, performance.now() - begun))}, limit ${formatLimit(ms)})`
    for (const [address, reason] of missing) log.info(`waiting for ${address}: ${reason} ${facts}`)
  }
}
