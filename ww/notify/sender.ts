import { backoffDelay } from '../base/backoff.ts'
import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import type { NotifySettings } from '../config/settings.ts'
import type { Limit } from '../lifecycle/limit.ts'
import type { EventKind } from './event.ts'
import type { Outboxes } from './outboxes.ts'
import { postEvent } from './post-event.ts'

/** The HTTP client takes some 60 ms to load, which no boot should wait for; events are safe meanwhile. Milliseconds. */
const firstPause = 250

/** The longest pause between tries while a stop waits for the last announcement, in milliseconds. */
const longestDrainPause = 100

/**
 * Posts the events that wait, one by one, in order, at least once, for as long as it takes. Nothing here throws: a
 * report never fails the lifecycle.
 */
export class Sender {
  readonly #outboxes: Outboxes
  readonly #notify: NotifySettings & { readonly url: string }
  readonly #log: Pick<Log, 'info' | 'warn'>
  readonly #closed = new AbortController()
  /** Ends the pause under way. */
  #wakeUp = new AbortController()
  #busy = false
  #sending: Promise<void> = Promise.resolve()
  #draining = false
  #failures = 0
  /** Called at the next failure. */
  readonly #onFailure: (() => void)[] = []
  /** Of which kinds the receiver refuses events, until it accepts one. */
  readonly #refused = new Set<EventKind>()
  #loaded = false

  constructor(
    outboxes: Outboxes,
    notify: NotifySettings & { readonly url: string },
    log: Pick<Log, 'info' | 'warn'>,
  ) {
    this.#outboxes = outboxes
    this.#notify = notify
    this.#log = log
  }

  /** There is something to send. */
  wake(): void {
    if (this.#busy) return
    this.#busy = true
    this.#sending = this.#sendAll()
  }

  /**
   * Sends the events of this instance without further delay, and resolves when none is left; at `limit.end` it gives up
   * if deliveries fail, or as soon as one does, and at `limit.kill` in any case. What is left waits for the next boot.
   */
  async drain(limit: Limit): Promise<void> {
    if (this.#outboxes.own.size === 0) return
    this.#draining = true
    this.wake()
    this.#wakeUp.abort()
    await Promise.race([this.#sending, untilAborted(limit.kill), this.#givenUp(limit.end)])
    this.#draining = false
  }

  close(): void {
    this.#closed.abort()
  }

  async #givenUp(end: AbortSignal): Promise<void> {
    await untilAborted(end)
    if (this.#failures === 0) await new Promise<void>((resolve) => this.#onFailure.push(resolve))
  }

  async #sendAll(): Promise<void> {
    if (!this.#loaded) await this.#sleep(firstPause)
    this.#loaded = true
    const { signal } = this.#closed
    const first = () => this.#outboxes.first(this.#draining)
    for (let next = first(); next && !signal.aborted; next = first()) {
      const result = await postEvent(next.event, this.#notify, signal)
      if (signal.aborted) break
      if (result.kind === 'delivered') {
        this.#noteSuccess(next.kind)
        this.#outboxes.remove(next.name)
      } else if (result.kind === 'refused' && next.kind !== 'lifecycle') {
        this.#noteRefusal(next.kind, result.why)
        this.#outboxes.remove(next.name)
      } else {
        this.#noteFailure(result.why)
        await this.#pause(result.kind === 'later' ? (result.after ?? 0) : 0)
      }
    }
    // in the same step as the last check: an event that comes later finds nothing at work and starts again
    this.#busy = false
  }

  /** What the receiver requests is never shorter than the back-off, or one in trouble would get even more requests. */
  async #pause(requested: number): Promise<void> {
    const delay = backoffDelay(this.#failures + 1, Math.random(), { ...this.#notify, jitter: 0.2 })
    const longest = this.#draining ? longestDrainPause : this.#notify.backoffMax
    await this.#sleep(Math.min(Math.max(requested, delay), longest))
  }

  async #sleep(ms: number): Promise<void> {
    this.#wakeUp = new AbortController()
    // a stop that began just now has no pause to end
    if (this.#draining && ms > longestDrainPause) return
    await sleep(ms, AbortSignal.any([this.#wakeUp.signal, this.#closed.signal]))
  }

  /** One line when the receiver fails and one when it is back, not one for each try. */
  #noteFailure(why: string): void {
    for (const resolve of this.#onFailure.splice(0)) resolve()
    if (this.#failures === 0)
      this.#log.warn(`cannot report to ${this.#host()}: ${why}; events are stored until it responds`)
    this.#failures += 1
  }

  #noteSuccess(kind: EventKind): void {
    if (this.#failures > 0) this.#log.info(`reports to ${this.#host()} are delivered again`)
    this.#failures = 0
    this.#refused.delete(kind)
  }

  /** Such as by a receiver that is older than this instance, which does not know every kind. */
  #noteRefusal(kind: EventKind, why: string): void {
    const what = kind === 'stats' ? kind : `${kind} events`
    if (!this.#refused.has(kind)) this.#log.warn(`${this.#host()} refuses ${what}: ${why}; they are dropped`)
    this.#refused.add(kind)
  }

  /** Not the whole URL: the address of many a receiver is a secret. */
  #host(): string {
    return URL.parse(this.#notify.url)?.host ?? 'ww.notify.url'
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
