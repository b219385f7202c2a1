/**
 * All that the lifecycle needs from outside, in its own words. The rooms above implement it for real; the tests have a
 * fake world with a virtual clock. Nothing here throws or rejects for an external failure (a full disk, a refused
 * connection, a process that cannot be killed): that is a value. A throw is a bug, and leads through FAILING to ERROR.
 */
import type { AnnouncedState, LifecycleState } from './chart.ts'
import type { Crash } from './crash.ts'
import type { Doing, Failure } from './doing.ts'
import type { HookCall, HookResult, Service } from './hook.ts'
import type { Limit } from './limit.ts'
import type { ServiceReport, ServiceStatus } from './service-status.ts'

/** Time. `sleep` resolves after so many milliseconds, or as soon as the signal is aborted; it never rejects. */
export type Clock = {
  /** Milliseconds from anywhere, for durations: it never jumps. */
  now(): number
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** What /data says of itself. */
export type DataState =
  /** Never initialised; `interrupted` when a firstboot began here and did not finish. */
  | { readonly kind: 'fresh'; readonly interrupted: boolean }
  | { readonly kind: 'initialised'; readonly version: string }
  /** It cannot be read or written: a sentence that says why and what to do. */
  | { readonly kind: 'unusable'; readonly reason: string }

/** The exclusive right to change /data; a kill -9 releases it. */
export type DataLock = { release(): void }

/** What became of waiting for the lock on /data; `failed` has a sentence that says why and what to do. */
export type LockResult =
  | { readonly kind: 'locked'; readonly lock: DataLock }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'aborted' }

/** What was left over when the services were down, each as `name (pid 12)`. */
export type SweepReport = {
  readonly ended: readonly string[]
  readonly killed: readonly string[]
  /** Even SIGKILL did not end them. */
  readonly abandoned: readonly string[]
}

/** A state that was entered, as it is reported. */
export type Announcement = {
  readonly state: AnnouncedState
  readonly previous: AnnouncedState | null
  readonly reason: string
  /** 0, or the number of restarts in a row. */
  readonly attempt: number
  /** How long the previous state lasted, in milliseconds. */
  readonly previousMs: number
  /** Milliseconds since the epoch. */
  readonly at: number
  /** At BOOT, when the boot before this one crashed. */
  readonly crash?: Crash
  /** At ERROR after failed monitors: the last outputs in a row, oldest first. */
  readonly monitorOutputs?: readonly string[]
}

/** What the instance is doing, for everyone who looks: steps of stopping included. */
export type Visible = {
  readonly state: LifecycleState
  readonly ready: boolean
  readonly reason: string
  /** Since when it is in that state, milliseconds since the epoch. */
  readonly since: number
}

/** A monitor's result, as the status shows it. */
export type MonitorReport = {
  readonly ok: boolean
  /** Its JSON when healthy, otherwise why it is not. */
  readonly output: string
  readonly nextAt: number
}

/** What the lifecycle needs from outside. */
export interface World extends Clock {
  /** From 0 to 1, 1 excluded. */
  random(): number
  /** Milliseconds since the epoch, for reports: it jumps. */
  date(): number
  /** Logs a line; the facts are for programs that read the log. */
  info(line: string, facts?: Readonly<Record<string, string | number | null>>): void
  warn(line: string): void
  error(line: string): void
  /** Logs what the reader can do about the line before. */
  advise(line: string): void
  /** Logs an exception with its stack trace, and where to report it. */
  reportBug(error: unknown, where: string): void

  /** Whether a hook is there and not blank. A hook that is there but cannot be run is there. */
  hasHook(name: string): boolean
  runHook(call: HookCall, limit: Limit): Promise<HookResult>
  /** The names of the `serve` and `serve-NAME` hooks that are not blank. */
  serviceHooks(): readonly string[]
  /** The names of the `oneshot-NAME` hooks that are not blank. */
  oneshotHooks(): readonly string[]
  runOneshot(name: string, call: Omit<HookCall, 'name'>, limit: Limit): Promise<HookResult>
  startService(name: string, call: Omit<HookCall, 'name'>): Service
  /** Waits until the `ready` of a service says that it is; null when it does. Until then `report` gets why not. */
  awaitServiceReady(service: Service, limit: Limit, report: (reason: string) => void): Promise<string | null>
  /** Resolves with why a ready service no longer is; with null when aborted. `report` gets what it says of itself. */
  watchServiceReady(
    service: Service,
    signal: AbortSignal,
    report: (status: string) => void,
  ): Promise<string | null>

  inspectData(): DataState
  /** Waits for the right to initialise or upgrade /data until `limit.end`, and logs who has it. */
  lockData(verb: 'initialise' | 'upgrade', limit: Limit): Promise<LockResult>
  /** Notes in /data that a firstboot has begun; otherwise says why it could not. */
  beginFirstboot(): string | null
  /** Marks /data as initialised by, or upgraded to, this version, atomically and durably; otherwise says why not. */
  markInitialised(): string | null

  /** Waits until every `ww.requires` responds; null when all do, or when `limit.end` came because the state was left. */
  awaitRequired(requires: readonly string[], limit: Limit): Promise<string | null>
  /** Runs hooks on their schedules until aborted, then ends those that run and waits for them. */
  runSchedules(
    run: (hook: string, ms: number, signal: AbortSignal) => Promise<HookResult>,
    signal: AbortSignal,
  ): Promise<void>
  /** Ends every process that is left: SIGTERM at once, SIGKILL and giving up as the limit says. */
  sweep(limit: Limit): Promise<SweepReport>

  /** Reports a state, in order, beside the lifecycle; it never waits. */
  announce(announcement: Announcement): void
  /** Publishes what the instance is doing: the status file and the probes show it from this instant. */
  publish(visible: Visible): void
  publishMonitor(report: MonitorReport): void
  /** Publishes the state of every service. */
  publishServices(services: readonly ServiceStatus[]): void
  /** Publishes what takes long, and what went wrong in this boot. */
  publishDoing(doing: Doing | null, failures: readonly Failure[]): void
  /** The last line that a hook or service has printed; null where its output is not read here. It never rejects. */
  lastLineOf(name: string): Promise<string | null>
  /** Reports that a service failed, or recovered; it never waits. */
  announceService(report: ServiceReport): void
  /** Reports a healthy monitor's JSON. */
  pushStats(json: string): void
  /**
   * Resolves when the last announcement was delivered. At `limit.end` older ones are cut and a receiver that fails is
   * given up, at `limit.kill` the last one is cut too, and after `limit.abandon` nothing is waited for.
   */
  flushAnnouncements(limit: Limit): Promise<void>
}
