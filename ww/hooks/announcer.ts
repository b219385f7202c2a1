import { sleep } from '../base/sleep.ts'
import type { HookCall } from '../lifecycle/hook.ts'
import type { Limit } from '../lifecycle/limit.ts'
import { describeHook, succeeded } from '../lifecycle/outcome.ts'
import type { Announcement } from '../lifecycle/world.ts'
import type { Channels, ScheduleNotice, ServiceNotice } from './channels.ts'
import { Cut } from './cut.ts'

/** The longest argument that the kernel passes to a program, without the NUL at its end. */
const longestArgument = 128 * 1024 - 1

/** Reports states one at a time, in order, and stats, beside the lifecycle: it never delays or fails it. */
export class Announcer {
  readonly #channels: Channels
  readonly #queue: Announcement[] = []
  readonly #failed = new Set<string>()
  readonly #pushCut = new Cut()
  /** Cuts the lifecycle hook that runs. */
  #running: Cut | null = null
  #states: Promise<void> | null = null
  #stats: Promise<void> | null = null
  #newestStats: string | null = null
  #current: Pick<HookCall, 'state' | 'previous'> = { state: 'BOOT', previous: null }

  constructor(channels: Channels) {
    this.#channels = channels
  }

  announce(announcement: Announcement): void {
    const { state, previous } = announcement
    this.#current = { state, previous }
    this.#try('record a state', () => this.#channels.record(announcement))
    if (this.#channels.hasHook('lifecycle')) {
      this.#queue.push(announcement)
      this.#states ??= this.#runQueue()
    } else this.#try('report', () => this.#channels.sender.lifecycle(announcement))
  }

  /** While a push runs, only the newest stats wait: old ones are worth nothing. After a flush none are pushed. */
  pushStats(json: string): void {
    if (this.#pushCut.end.aborted) return
    if (this.#channels.hasHook('pushstats')) {
      this.#newestStats = json
      this.#stats ??= this.#pushNewest()
    } else this.#try('report', () => this.#channels.sender.stats(json, this.#current.state))
  }

  /** Reports a single service; an author who reports states reports these, too, or does not want to. */
  noticeService(notice: ServiceNotice): void {
    if (!this.#channels.hasHook('lifecycle')) this.#try('report', () => this.#channels.sender.service(notice))
  }

  /** The same for a schedule. */
  noticeSchedule(notice: ScheduleNotice): void {
    if (!this.#channels.hasHook('lifecycle'))
      this.#try('report', () => this.#channels.sender.schedule(notice))
  }

  /**
   * Resolves when the last announcement was delivered. Stats are cut at once; at `limit.end` every older announcement is
   * cut; at `limit.kill` the last one, too; after `limit.abandon` nothing is waited for.
   */
  async flush(limit: Limit): Promise<void> {
    this.#newestStats = null
    this.#pushCut.soon()
    const over = new AbortController()
    const cutOlder = (): void => {
      if (this.#queue.length === 0) return
      this.#queue.splice(0, this.#queue.length - 1)
      this.#running?.soon()
    }
    const cutLast = (): void => {
      this.#queue.length = 0
      this.#running?.now()
    }
    onAbort(limit.end, over.signal, cutOlder)
    onAbort(limit.kill, over.signal, cutLast)
    const sent = this.#channels.sender.flush(limit).catch((error: unknown) => this.#warn('report', error))
    await Promise.race([
      Promise.all([this.#states, sent]),
      sleep(2 ** 30, AbortSignal.any([limit.abandon, over.signal])),
    ])
    over.abort()
  }

  async #runQueue(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { state, previous, reason, attempt, previousMs } = next
      const cut = new Cut()
      this.#running = cut
      const env = { WW_REASON: reason, WW_ATTEMPT: `${attempt}`, WW_PREVIOUS_MS: `${Math.round(previousMs)}` }
      await this.#runHook('lifecycle', { state, previous, args: [state], env }, cut)
      this.#running = null
    }
    this.#states = null
  }

  async #pushNewest(): Promise<void> {
    for (let json = this.#newestStats; json !== null; json = this.#newestStats) {
      this.#newestStats = null
      // longer stats are only on its standard input
      const args = [Buffer.byteLength(json) > longestArgument ? '' : json]
      await this.#runHook('pushstats', { ...this.#current, args, input: json }, this.#pushCut)
    }
    this.#stats = null
  }

  async #runHook(name: 'lifecycle' | 'pushstats', call: Omit<HookCall, 'name'>, cut: Cut): Promise<void> {
    const { limits, timeouts, log } = this.#channels
    try {
      const result = await limits.run('announcement', timeouts[name], null, (limit) =>
        this.#channels.runHook({ ...call, name }, cut.apply(limit)),
      )
      if (!succeeded(result) && !(name === 'pushstats' && result.kind === 'aborted')) {
        log.warn(describeHook(name, result) + (name === 'lifecycle' ? ` (${call.state})` : ''))
      }
    } catch (error) {
      this.#warn(`run ${name}`, error)
    }
  }

  #try(what: string, action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#warn(what, error)
    }
  }

  /** One warning for each kind of failure, not one for each time that it happens. */
  #warn(what: string, error: unknown): void {
    if (this.#failed.has(what)) return
    this.#failed.add(what)
    const reason = error instanceof Error ? error.message : String(error)
    this.#channels.log.warn(`cannot ${what}: ${reason}`)
  }
}

function onAbort(signal: AbortSignal, over: AbortSignal, action: () => void): void {
  if (signal.aborted) action()
  else signal.addEventListener('abort', action, { once: true, signal: over })
}
