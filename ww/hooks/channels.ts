import type { Log } from '../base/log.ts'
import type { HookCall, HookResult } from '../lifecycle/hook.ts'
import type { Limit } from '../lifecycle/limit.ts'
import type { Limits } from '../lifecycle/limits.ts'
import type { Announcement } from '../lifecycle/world.ts'

/** What whaleware sends itself where there is no hook. */
export type AnnouncementSender = {
  lifecycle(announcement: Announcement): void
  stats(json: string, state: string): void
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
