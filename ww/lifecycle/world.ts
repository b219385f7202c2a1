/**
 * All that the lifecycle needs from outside, in its own words. The rooms above implement it for real; the tests have a
 * fake with a virtual clock. Nothing here rejects for an expected failure: those are values.
 */
import type { AnnouncedState, LifecycleState } from './chart.ts'

/** One call of a hook. */
export type HookCall = {
  readonly name: string
  readonly args?: readonly string[]
  readonly state: LifecycleState
  readonly previous: LifecycleState | null
  /** Milliseconds. */
  readonly limit: number
  /** How long after SIGTERM it gets SIGKILL, when not the usual `ww.kill_after`. */
  readonly killAfter?: number
  /** Added to what every hook gets. */
  readonly env?: Readonly<Record<string, string>>
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string
  /** Read its standard output (1 MiB at most) instead of passing it on. */
  readonly capture?: boolean
}

/**
 * How a hook ended. `absent`: there is nothing to do, no process was spawned. `failed`: any exit code but 0 and 125,
 * or a signal that was not ours. `refused`: exit 125, do not try again. `timeout`: it was ended at its limit.
 * `aborted`: it was ended because its state was left.
 */
export type HookResult = {
  readonly outcome: 'absent' | 'ok' | 'failed' | 'refused' | 'timeout' | 'aborted'
  /** A sentence for the log and for announcements, such as `svcup failed: exit code 3`. */
  readonly summary: string
  /** What it printed, when captured. */
  readonly output: string
}

/** A running `serve` or `serve-NAME` hook. */
export type Service = {
  readonly name: string
  /** Resolves when its main process has ended, with a sentence such as `serve-web ended: exit code 1`. */
  readonly ended: Promise<string>
  /** Sends `ww.serve.signal` to its group, SIGKILL after `patience` milliseconds; says whether it had to be killed. */
  stop(patience: number): Promise<{ readonly killed: boolean }>
}

/** What /data says of itself. */
export type DataState =
  /** Never initialised; `interrupted` when a firstboot began here and did not finish. */
  | { readonly kind: 'fresh'; readonly interrupted: boolean }
  | { readonly kind: 'initialised'; readonly version: string }
  /** It cannot be read or written: one sentence. */
  | { readonly kind: 'unusable'; readonly reason: string }

/** The exclusive right to change /data; a kill -9 frees it. */
export type DataLock = { release(): void }

/** What was left over when the services were down, and how it ended. */
export type SweepReport = {
  /** Processes that ended upon SIGTERM, as `name (pid)`. */
  readonly ended: readonly string[]
  /** Processes that had to be killed, as `name (pid)`. */
  readonly killed: readonly string[]
}

/** A boot that ended without STOPPED. */
export type Crash = {
  readonly bootId: string
  readonly state: string
  /** ISO 8601. */
  readonly since: string
  /** Whether the cgroup tells of an OOM kill; null when it cannot tell. */
  readonly oomKilled: boolean | null
}

/** The news of a state entered. */
export type Announcement = {
  readonly state: AnnouncedState
  readonly previous: AnnouncedState | null
  readonly reason: string
  /** 0, or the how-manieth restart in a row. */
  readonly attempt: number
  /** How long the previous state lasted, in milliseconds. */
  readonly previousMs: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** At BOOT, when the boot before this one crashed. */
  readonly crash?: Crash
  /** At ERROR after failed monitors: the last outputs, oldest first. */
  readonly monitorOutputs?: readonly string[]
}

/** The lifecycle's door to everything outside. Times are milliseconds; `sleep` returns early when aborted. */
export interface World {
  now(): number
  random(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
  info(line: string): void
  warn(line: string): void

  /** Whether a hook is there and not blank. */
  hasHook(name: string): boolean
  /** Runs a hook; aborting the signal ends its process group. */
  runHook(call: HookCall, signal: AbortSignal): Promise<HookResult>
  /** The names of the `serve` and `serve-NAME` hooks that are not blank. */
  serviceHooks(): readonly string[]
  startService(name: string, call: Omit<HookCall, 'name' | 'limit'>): Service
  /** From now on no ending of a process waits: SIGKILL at once. */
  hurry(): void

  inspectData(): DataState
  /** Waits for the right to change /data, saying in the log who has it; null when aborted. */
  lockData(signal: AbortSignal): Promise<DataLock | null>
  /** Notes in /data that a firstboot has begun. */
  beginFirstboot(): void
  /** Marks /data as initialised by, or upgraded to, this version; atomic and durable. */
  markInitialised(): void

  /** Waits until every `ww.requires` answers; null when all do, else a sentence naming those that did not. */
  awaitRequired(requires: readonly string[], limit: number, signal: AbortSignal): Promise<string | null>
  /** Runs hooks on their schedules until aborted, then waits for those that run. */
  runSchedules(
    run: (hook: string, limit: number, signal: AbortSignal) => Promise<HookResult>,
    signal: AbortSignal,
  ): Promise<void>
  /** Ends every process that is left, SIGKILL after `patience` milliseconds. */
  sweep(patience: number): Promise<SweepReport>

  /** Tells of a state, in order, beside the lifecycle; it never waits and never fails. */
  announce(announcement: Announcement): void
  /** Tells of a healthy monitor's JSON. */
  pushStats(json: string): void
  /** Resolves when all that was announced has been told, or after `limit` milliseconds. */
  settleAnnouncements(limit: number): Promise<void>
  /** Publishes what the command line and the probes show. */
  publishMonitor(result: { readonly ok: boolean; readonly output: string; readonly nextAt: number }): void
}
