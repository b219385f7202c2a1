import type { AnnouncedState } from '../lifecycle/chart.ts'

/** The running instance as `ww status`, the probes and the HTTP endpoint show it. Times are milliseconds since the epoch. */
export type InstanceStatus = {
  readonly app: string
  readonly instance: string
  readonly version: string
  readonly bootId: string
  readonly pid: number
  readonly state: AnnouncedState
  readonly previous: AnnouncedState | null
  readonly since: number
  readonly reason: string
  /** 0, or the how-manieth restart in a row. */
  readonly attempt: number
  /** Restarts since this boot. */
  readonly restarts: number
  readonly bootedAt: number
  /** The last monitor run; null before the first. */
  readonly monitor: MonitorStatus | null
}

/** What the last monitor said. */
export type MonitorStatus = {
  readonly ok: boolean
  readonly at: number
  readonly nextAt: number
  /** Its JSON when healthy, its output or the reason of the failure otherwise. */
  readonly output: string
}
