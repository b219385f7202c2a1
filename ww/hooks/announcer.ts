import type { Log } from '../base/log.ts'
import type { Announcement, HookCall, HookResult } from '../lifecycle/world.ts'

/** Where announcements and stats go. */
export type Channels = {
  hasHook(name: string): boolean
  runHook(call: HookCall, signal: AbortSignal): Promise<HookResult>
  /** Told of everything at once, before any hook: the status, the event log, the outbox. They never wait or throw. */
  record(announcement: Announcement): void
  /** What whaleware posts itself, for want of a hook. */
  postLifecycle(announcement: Announcement): void
  postStats(json: string): void
  /** Resolves when what was posted has arrived, or after `limit` milliseconds. */
  settlePosts(limit: number): Promise<void>
  readonly limits: { readonly lifecycle: number; readonly pushstats: number }
  readonly log: Log
}

/** Tells of states one at a time, in order, and of stats, beside the lifecycle and never in its way. */
export class Announcer {
  readonly #channels: Channels
  readonly #cut = new AbortController()
  #states: Promise<void> = Promise.resolve()
  #stats: Promise<void> | null = null
  #newestStats: string | null = null
  #current: Pick<HookCall, 'state' | 'previous'> = { state: 'BOOT', previous: null }

  constructor(channels: Channels) {
    this.#channels = channels
  }

  announce(announcement: Announcement): void {
    const { state, previous } = announcement
    this.#current = { state, previous }
    this.#channels.record(announcement)
    if (this.#channels.hasHook('lifecycle')) {
      this.#states = this.#states.then(() => this.#runHook('lifecycle', { state, previous, args: [state] }))
    } else this.#channels.postLifecycle(announcement)
  }

  /** A push still on its way lets only the newest stats wait: old ones are worth nothing. */
  pushStats(json: string): void {
    if (this.#channels.hasHook('pushstats')) {
      this.#newestStats = json
      this.#stats ??= this.#pushNewest()
    } else this.#channels.postStats(json)
  }

  /** Resolves when all has been told; after `limit` milliseconds what is still running is ended. */
  async settle(limit: number): Promise<void> {
    const deadline = setTimeout(() => this.#cut.abort(), limit)
    await Promise.all([this.#states, this.#stats, this.#channels.settlePosts(limit)])
    clearTimeout(deadline)
  }

  async #pushNewest(): Promise<void> {
    while (this.#newestStats !== null && !this.#cut.signal.aborted) {
      const json = this.#newestStats
      this.#newestStats = null
      await this.#runHook('pushstats', { ...this.#current, args: [json], input: json })
    }
    this.#stats = null
  }

  async #runHook(name: 'lifecycle' | 'pushstats', call: Omit<HookCall, 'name' | 'limit'>): Promise<void> {
    const { limits, log } = this.#channels
    const result = await this.#channels.runHook({ ...call, name, limit: limits[name] }, this.#cut.signal)
    if (result.outcome !== 'ok' && result.outcome !== 'absent') log.warn(result.summary)
  }
}
