import { sleep } from '../base/sleep.ts'
import type { ReadyProbe } from '../config/services-kind.ts'
import type { Limit } from '../lifecycle/limit.ts'
import type { UserAccount } from '../processes/account.ts'
import { awaitNotified, type Notifications, watchNotified } from './notifications.ts'
import { probe } from './probe.ts'

/** What of a running service its probe needs. */
export type ProbedService = {
  /** The environment, the directory and the user of its commands: those of the service. */
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly user?: UserAccount
  /** What it sends, where its probe is `notify`; otherwise why it has nowhere to send it. */
  readonly notifications?: Notifications | { readonly failure: string }
}

/** Milliseconds between two probes of a service that starts: first, by which factor more, and at most. */
const polling = { first: 50, factor: 1.2, most: 1000 }

/** Milliseconds between two probes of a service that is ready. */
const defaultEvery = 30_000

/** The longest that a timer takes, 24 days; the signal comes before. */
const forever = 2 ** 31 - 1

/** How many failures in a row mean that a service is no longer ready, and the milliseconds between them. */
const failures = { most: 3, pause: 1000 }

/** Waits until a service is ready; null when it is, otherwise why not, at `limit.end`. Until then, `report` gets why not. */
export async function awaitReady(
  ready: ReadyProbe,
  service: ProbedService,
  limit: Pick<Limit, 'end'>,
  report: (reason: string) => void = () => {},
): Promise<string | null> {
  if (ready === 'notify') {
    const notifications = findNotifications(service)
    if (!('failure' in notifications)) return awaitNotified(notifications, limit.end, report)
    report(notifications.failure)
    await sleep(forever, limit.end)
    return notifications.failure
  }
  let reason = 'no response yet'
  for (
    let pause = polling.first;
    !limit.end.aborted;
    pause = Math.min(pause * polling.factor, polling.most)
  ) {
    const result = await probe(ready.address, { ...optionsOf(service), signal: limit.end })
    if (result.ok) return null
    // what a probe returns when it is cut short is not why the service did not respond
    if (!limit.end.aborted) reason = result.reason
    report(`${ready.address}: ${reason}`)
    await sleep(pause, limit.end)
  }
  return `${ready.address}: ${reason}`
}

/** The milliseconds between two probes, and what gets the STATUS that a service sends. */
export type WatchOptions = { readonly every?: number; readonly report?: (status: string) => void }

/**
 * Resolves with why a service that was ready no longer is, with null when aborted. One failure is not enough, since a
 * server that is busy for a second is not to be restarted.
 */
export async function watchReady(
  ready: ReadyProbe | null,
  service: ProbedService,
  signal: AbortSignal,
  { every = defaultEvery, report = () => {} }: WatchOptions = {},
): Promise<string | null> {
  if (ready !== null && ready !== 'notify') return watchAddress(ready.address, service, signal, every)
  const notifications = ready === null ? null : findNotifications(service)
  if (notifications !== null && !('failure' in notifications))
    return watchNotified(notifications, signal, report)
  // that we could not open a socket is no reason to restart a service
  await sleep(forever, signal)
  return null
}

async function watchAddress(
  address: string,
  service: ProbedService,
  signal: AbortSignal,
  every: number,
): Promise<string | null> {
  for (;;) {
    await sleep(every, signal)
    const reason = await probeRepeatedly(address, service, signal)
    if (signal.aborted) return null
    if (reason !== null) return `${address}: ${reason}`
  }
}

/** Null when one of some probes in a row succeeds, otherwise why the last one did not. */
async function probeRepeatedly(
  address: string,
  service: ProbedService,
  signal: AbortSignal,
): Promise<string | null> {
  for (let failed = 1; ; failed++) {
    const result = await probe(address, { ...optionsOf(service), signal })
    // nor is a shortage of this machine a failure of the service
    if (result.ok || result.isShortage || signal.aborted) return null
    if (failed === failures.most) return result.reason
    await sleep(failures.pause, signal)
  }
}

function optionsOf({ env, cwd, user }: ProbedService): Pick<ProbedService, 'env' | 'cwd' | 'user'> {
  return { env, ...(cwd === undefined ? {} : { cwd }), ...(user === undefined ? {} : { user }) }
}

function findNotifications({ notifications }: ProbedService): Notifications | { readonly failure: string } {
  return notifications ?? { failure: 'it was started without a notify socket' }
}
