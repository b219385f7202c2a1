import type { VisibleServiceState } from './service-chart.ts'
import type { ServiceUnit } from './service-unit.ts'

/** A service or one-shot, as the status shows it. */
export type ServiceStatus = {
  readonly name: string
  readonly state: VisibleServiceState
  /** Since when, milliseconds since the epoch. */
  readonly since: number
  readonly pid: number | null
  /** How often it was started again in this boot. */
  readonly restarts: number
  /** How its last process ended. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** Why it is in that state, without its name; empty when there is nothing to say. */
  readonly reason: string
  readonly nextStartAt: number | null
  readonly essential: boolean
}

/** The failure or the recovery of a service that is restarted alone. */
export type ServiceReport = ServiceStatus & { readonly previous: VisibleServiceState }

/** What the status shows of a service. */
export function statusOf(unit: ServiceUnit): ServiceStatus {
  const { name, state, since, reason, running, end, nextStartAt, essential, parts } = unit
  return {
    name,
    state,
    since,
    pid: running?.pid ?? null,
    restarts: Math.max(0, parts.record.starts - 1),
    exitCode: end?.kind === 'exited' ? end.code : null,
    signal: end?.kind === 'killed' ? end.signal : null,
    reason,
    nextStartAt,
    essential,
  }
}
