import { formatLimit } from '../base/text.ts'
import type { Doing, Failure } from '../lifecycle/doing.ts'
import type { InstanceStatus } from './status.ts'

/** Why an instance is as it is; times are milliseconds since the epoch. */
export type Explanation = {
  /** What it waits for; null when for nothing. */
  readonly waiting: {
    readonly what: string
    readonly since: number
    /** When that ends at the latest. */
    readonly until: number | null
    /** The hook that runs, for those who look for its process. */
    readonly hook: string | null
  } | null
  /** What happens if nothing changes, and when. */
  readonly next: { readonly what: string; readonly at: number | null } | null
  readonly failures: readonly Failure[]
  /** What to try: commands that work in the container. */
  readonly advice: readonly string[]
}

/** Explains a status. */
export function explain(status: InstanceStatus): Explanation {
  const { doing, failures } = status
  return {
    waiting: doing && {
      what: describeWait(doing, status),
      since: doing.since,
      until: doing.until,
      hook: doing.kind === 'hook' ? doing.what : null,
    },
    next: nextOf(status),
    failures,
    advice: adviceFor(status),
  }
}

function describeWait({ kind, what }: Doing, { services }: InstanceStatus): string {
  if (kind === 'services') {
    const waiting = services.filter(({ state }) => state === 'starting')
    return waiting.map(({ name, reason }) => (reason === '' ? name : `${name}: ${reason}`)).join(', ')
  }
  return kind === 'lock' ? `the lock on ${what}` : what
}

function nextOf({ state, doing, monitor, services, schedules }: InstanceStatus): Explanation['next'] {
  if (state === 'HELD')
    return { what: 'nothing: the container stays for inspection (ww.on_error "hold")', at: null }
  if (doing?.kind === 'backoff') return { what: 'next start', at: doing.until }
  if (doing?.kind === 'hook') return { what: `SIGTERM (${limitOf(doing)}), then ERROR`, at: doing.until }
  if (doing) return { what: `ERROR (${limitOf(doing)})`, at: doing.until }
  const starts = services.flatMap(({ name, nextStartAt }) =>
    nextStartAt === null ? [] : [{ what: `next start of ${name}`, at: nextStartAt }],
  )
  const [first] = starts.sort((a, b) => a.at - b.at)
  if (first) return first
  if (state !== 'UP') return null
  const runs = schedules.flatMap(({ hook, nextAt }) => (nextAt === null ? [] : [{ what: hook, at: nextAt }]))
  if (monitor) runs.push({ what: 'monitor', at: monitor.nextAt })
  return runs.sort((a, b) => a.at - b.at)[0] ?? null
}

function limitOf({ setting, since, until }: Doing): string {
  return `${setting ?? 'limit'} ${formatLimit(until - since)}`
}

function adviceFor({ state, reason, doing, services, failures }: InstanceStatus): string[] {
  if (state === 'HELD') return ['ww hook NAME runs a hook again', 'ww stop ends it with exit code 1']
  if (doing?.kind === 'requires')
    return doing.what.split(', ').map((address) => `is it up, on this network? ww probe ${address}`)
  if (doing?.kind === 'lock') return ['another instance on the same /data is at it: wait, or stop that one']
  if (doing?.kind === 'hook') return ['to give up: ww stop']
  if (state === 'ERROR') return [`for the output of what failed see docker logs (${reason})`]
  const failed = services.filter((service) => service.state === 'failed')
  if (failed.length > 0)
    return failed.map(({ name }) => `for the output of ${name} see docker logs; ww restart ${name}`)
  if (state === 'RESTARTING' || (doing !== null && failures.length > 0)) return ['ww check; ww events']
  return []
}
