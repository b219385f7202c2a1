import { backoff } from '../base/backoff.ts'
import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import type { NotifySettings } from '../config/settings.ts'
import type { Outbox } from './outbox.ts'
import { postEvent } from './post-event.ts'

/** The HTTP client takes some 60 ms to load, which a boot shall not wait for; events are safe meanwhile. Milliseconds. */
const firstPause = 250

/**
 * Posts the events of an outbox one by one, in order, at least once, for as long as it takes. Nothing here throws: a
 * report never fails the lifecycle.
 */
export class Sender {
  readonly #outbox: Outbox
  readonly #notify: NotifySettings & { readonly url: string }
  readonly #log: Log
  readonly #closed = new AbortController()
  #hurry = new AbortController()
  #busy = false
  #sending: Promise<void> = Promise.resolve()
  #longestPause: number
  #failures = 0
  /** Who is to be told of the next failure. */
  readonly #failing: (() => void)[] = []
  #statsRefused = false
  #loaded = false

  constructor(outbox: Outbox, notify: NotifySettings & { readonly url: string }, log: Log) {
    this.#outbox = outbox
    this.#notify = notify
    this.#log = log
    this.#longestPause = notify.backoffMax
  }

  /** There is something to send. */
  wake(): void {
    if (this.#busy) return
    this.#busy = true
    this.#sending = this.#sendAll()
  }

  /**
   * Tries at once to send what waits; resolves when nothing does, or after `limit` milliseconds, or, a receiver that
   * does not take it costing a stop no more than that, `patience` milliseconds after an attempt has failed.
   */
  async drain(limit: number, patience: number): Promise<void> {
    if (this.#outbox.size === 0) return
    this.#longestPause = Math.min(this.#notify.backoff, patience / 4)
    const over = new AbortController()
    const failed =
      this.#failures > 0 ? Promise.resolve() : new Promise<void>((tell) => this.#failing.push(tell))
    this.wake()
    this.#hurry.abort()
    await Promise.race([
      this.#sending,
      sleep(limit, over.signal),
      failed.then(() => sleep(Math.min(limit, patience), over.signal)),
    ])
    over.abort()
    this.#longestPause = this.#notify.backoffMax
  }

  close(): void {
    this.#closed.abort()
  }

  async #sendAll(): Promise<void> {
    if (!this.#loaded) await this.#sleep(firstPause)
    this.#loaded = true
    for (let next = this.#outbox.first(); next && !this.#closed.signal.aborted; next = this.#outbox.first()) {
      const attempt = await postEvent(next.event, this.#notify, this.#closed.signal)
      if (this.#closed.signal.aborted) break
      if (attempt.kind === 'delivered') {
        this.#noteSuccess()
        this.#outbox.remove(next.name)
      } else if (attempt.kind === 'refused' && next.kind === 'stats') {
        this.#noteRefusal(attempt.why)
        this.#outbox.remove(next.name)
      } else {
        this.#noteFailure(attempt.why)
        await this.#pause(attempt.kind === 'later' ? (attempt.after ?? 0) : 0)
      }
    }
    // in the same step as the last look: what comes later finds nobody at work and begins anew
    this.#busy = false
  }

  /** What the receiver asks for is never shorter than the back-off, or a receiver in trouble would be hammered. */
  async #pause(asked: number): Promise<void> {
    await this.#sleep(Math.min(Math.max(asked, this.#backoff()), this.#longestPause))
  }

  async #sleep(ms: number): Promise<void> {
    this.#hurry = new AbortController()
    await sleep(ms, AbortSignal.any([this.#hurry.signal, this.#closed.signal]))
  }

  #backoff(): number {
    return backoff(this.#failures + 1, Math.random(), { ...this.#notify, jitter: 0.2 })
  }

  /** One line when the receiver goes away and one when it is back, not one an attempt. */
  #noteFailure(why: string): void {
    for (const tell of this.#failing.splice(0)) tell()
    if (this.#failures === 0)
      this.#log.warn(`cannot report to ${this.#host()} (${why}); keeping events until it answers`)
    this.#failures += 1
  }

  #noteSuccess(): void {
    if (this.#failures > 0) this.#log.info(`${this.#host()} answers again`)
    this.#failures = 0
    this.#statsRefused = false
  }

  #noteRefusal(why: string): void {
    if (!this.#statsRefused) this.#log.warn(`${this.#host()} refuses stats for good (${why}); dropping them`)
    this.#statsRefused = true
  }

  /** Not the whole URL: many a receiver's address is a secret. */
  #host(): string {
    return URL.parse(this.#notify.url)?.host ?? 'ww.notify.url'
  }
}
