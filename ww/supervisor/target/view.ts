import type { TargetState } from './chart.ts'
import type { Ping } from './judge.ts'

/** How a target is told of. Times are milliseconds since the epoch. */
export type TargetView = {
  readonly url: string
  readonly state: TargetState
  readonly since: number
  /** Why it is in this state, and what it waits for. */
  readonly reason: string
  readonly lastPing: Ping | null
  readonly restarts: number
  /** The oldest of its processes; null when it was not started here, or there is none. */
  readonly pid: number | null
  /** It was started too often, and stays DOWN until it answers or a restart is asked for. */
  readonly givenUp: boolean
}
