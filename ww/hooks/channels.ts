import type { Log } from '../base/log.ts'
import type { HookCall, HookResult } from '../lifecycle/hook.ts'
import type { Limit } from '../lifecycle/limit.ts'
import type { Limits } from '../lifecycle/limits.ts'
import type { Announcement } from '../lifecycle/world.ts'

/** The failure or the recovery of a single service, as it is reported. `at` is milliseconds since the epoch. */
export type ServiceNotice = {
  readonly service: string
  readonly state: string
  readonly previous: string
  readonly reason: string
  /** How often it was started again in this boot. */
  readonly restarts: number
  readonly pid: number | null
  readonly at: number
}

/** A scheduled run that failed or was skipped, or the first that succeeds after that; times as above. */
export type ScheduleNotice = {
  readonly hook: string
  readonly result: 'succeeded' | 'failed' | 'skipped'
  readonly reason: string
  /** How long it ran; null when it did not. */
  readonly ms: number | null
  readonly nextAt: number | null
  readonly at: number
}

/** What whaleware sends itself where there is no hook. */
export type AnnouncementSender = {
  lifecycle(announcement: Announcement): void
  stats(json: string, state: string): void
  service(notice: ServiceNotice): void
  schedule(notice: ScheduleNotice): void
  /** Resolves when everything was delivered, or as the limit says. */
  flush(limit: Limit): Promise<void>
}

/** Where announcements and stats go. */
export type Channels = {
  hasHook(name: string): boolean
  runHook(call: HookCall, limit: Limit): Promise<HookResult>
  /** Called with every announcement at once, before any hook: for the status, the event log, the log. */
  record(announcement: Announcement): void
  readonly sender: AnnouncementSender
  readonly limits: Pick<Limits, 'run'>
  readonly timeouts: { readonly lifecycle: number; readonly pushstats: number }
  readonly log: Pick<Log, 'info' | 'warn'>
}
