/**
 * All that the supervisor needs from outside, in its own words. The rooms above implement it for real; the tests have a fake
 * with a virtual clock. Nothing here rejects for an expected failure: those are values. Times are milliseconds.
 */

import type { TargetConfig } from './config.ts'
import type { Ping } from './judge.ts'

/** A process that was started for a target. */
export type TargetProcess = {
  readonly pid: number | null
  /** Resolves when it has ended, with how, in words; `ok` is exit code 0, as of a command that leaves a daemon behind. */
  readonly ended: Promise<{ readonly ok: boolean; readonly what: string }>
}

/** The supervisor's door to everything outside. */
export interface SupervisorWorld {
  now(): number
  random(): number
  /** Returns early when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  info(line: string): void
  warn(line: string): void
  ping(url: string, limit: number, signal: AbortSignal): Promise<Ping>
  /** Starts a target's command, marked as this target's for whoever comes later. */
  spawn(target: TargetConfig): TargetProcess
  /** The processes that were started for this target, by this supervisor or one before it, and are alive. */
  ownPids(url: string): readonly number[]
  signal(pids: readonly number[], name: 'SIGTERM' | 'SIGKILL'): void
  /** Asks a target to end, by its stop command or GET /kill; whether it agreed. */
  askToEnd(target: TargetConfig, signal: AbortSignal): Promise<boolean>
  /** Who listens where a target should, such as `nginx (pid 812)`; null when nobody does, or it is another machine. */
  portHolder(url: string): string | null
}
