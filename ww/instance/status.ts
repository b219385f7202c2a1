import type { ScheduleReport } from '../hooks/schedule-report.ts'
import type { AnnouncedState, LifecycleState } from '../lifecycle/chart.ts'
import type { Crash } from '../lifecycle/crash.ts'
import type { Doing, Failure } from '../lifecycle/doing.ts'
import type { ServiceStatus } from '../lifecycle/service-status.ts'
import { type Explanation, explain } from './explain.ts'

/** The running instance as `ww status`, the probes and the HTTP endpoint show it. Times are milliseconds since the epoch. */
export type InstanceStatus = {
  readonly app: string
  readonly version: string
  readonly instance: string
  readonly bootId: string
  readonly pid: number
  readonly bootedAt: number
  /** The boot before this one, when it crashed. */
  readonly crash: Crash | null
  /** What the instance is doing, steps of stopping included. */
  readonly state: LifecycleState
  readonly ready: boolean
  readonly since: number
  /** The announced state before. */
  readonly previous: AnnouncedState | null
  readonly reason: string
  /** 0, or the number of restarts in a row. */
  readonly attempt: number
  /** Restarts since this boot. */
  readonly restarts: number
  /** The last monitor run; null before the first. */
  readonly monitor: MonitorStatus | null
  /** In the order in which they were started. */
  readonly services: readonly ServiceStatus[]
  readonly schedules: readonly ScheduleStatus[]
  /** The step that takes long; null while none does. */
  readonly doing: Doing | null
  /** The last things that went wrong in this boot, oldest first. */
  readonly failures: readonly Failure[]
}

/** A hook on a schedule: its next and its last run. */
export type ScheduleStatus = Pick<ScheduleReport, 'hook' | 'nextAt' | 'last'>

/** The result of the last monitor. */
export type MonitorStatus = {
  readonly ok: boolean
  readonly at: number
  readonly nextAt: number
  /** Its JSON when healthy, otherwise why it is not. */
  readonly output: string
}

/** The status as programs read it, in this order of keys: times are RFC 3339 in UTC. */
export function toJson(status: InstanceStatus): Record<string, unknown> {
  const { monitor } = status
  return {
    app: status.app,
    version: status.version,
    instance: status.instance,
    bootId: status.bootId,
    pid: status.pid,
    bootedAt: formatTime(status.bootedAt),
    crash: status.crash,
    state: status.state,
    ready: status.ready,
    since: formatTime(status.since),
    previous: status.previous,
    reason: status.reason,
    attempt: status.attempt,
    restarts: status.restarts,
    monitor: monitor && {
      ok: monitor.ok,
      at: formatTime(monitor.at),
      nextAt: formatTime(monitor.nextAt),
      output: monitor.output,
    },
    services: sortServices(status.services).map((service) => ({
      ...service,
      since: formatTime(service.since),
      nextStartAt: service.nextStartAt === null ? null : formatTime(service.nextStartAt),
    })),
    schedules: sortSchedules(status.schedules).map(({ hook, nextAt, last }) => ({
      hook,
      nextAt: nextAt === null ? null : formatTime(nextAt),
      lastAt: last === null ? null : formatTime(last.at),
      lastMs: last?.ms ?? null,
      ok: last?.ok ?? null,
      reason: last?.reason ?? null,
    })),
    why: whyToJson(explain(status)),
  }
}

function whyToJson({ waiting, next, failures, advice }: Explanation): Record<string, unknown> {
  return {
    waiting: waiting && {
      ...waiting,
      since: formatTime(waiting.since),
      until: waiting.until === null ? null : formatTime(waiting.until),
    },
    next: next && { what: next.what, at: next.at === null ? null : formatTime(next.at) },
    failures: failures.map((failure) => ({ ...failure, at: formatTime(failure.at) })),
    try: advice,
  }
}

/** Those with trouble first, then by name. */
export function sortServices(services: readonly ServiceStatus[]): ServiceStatus[] {
  const rank = ({ name, state }: ServiceStatus): string => `${state === 'failed' ? 0 : 1} ${name}`
  return [...services].sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

/** By name. */
export function sortSchedules(schedules: readonly ScheduleStatus[]): ScheduleStatus[] {
  return [...schedules].sort((a, b) => (a.hook < b.hook ? -1 : 1))
}

/** A time in RFC 3339, in UTC. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString()
}
