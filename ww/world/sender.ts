import type { NotifySettings } from '../config/settings.ts'
import { type Attempt, judgeAnswer } from './attempt.ts'
import type { Log } from './log.ts'
import type { Outbox, Waiting } from './outbox.ts'
import { signEvent } from './signature.ts'
import { sleep } from './sleep.ts'

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

  /** Tries at once to send what waits; resolves when nothing does, or after `limit` milliseconds. */
  async drain(limit: number): Promise<void> {
    if (this.#outbox.size === 0) return
    this.#longestPause = this.#notify.backoff
    this.wake()
    this.#hurry.abort()
    const over = new AbortController()
    await Promise.race([this.#sending, sleep(limit, over.signal)])
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
      const attempt = await this.#post(next)
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

  async #post({ event }: Waiting): Promise<Attempt> {
    const body = JSON.stringify(event)
    try {
      const { got } = await import('../http/client.ts')
      const response = await got.post(this.#notify.url, {
        body,
        headers: { 'content-type': 'application/cloudevents+json', ...(await this.#authorise(event, body)) },
        timeout: { request: this.#notify.timeout },
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
        signal: this.#closed.signal,
      })
      return judgeAnswer(response.statusCode, response.headers['retry-after'], response.body, Date.now())
    } catch (error) {
      return { kind: 'later', why: error instanceof Error ? error.message : String(error) }
    }
  }

  async #authorise(event: unknown, body: string): Promise<Record<string, string>> {
    const { secret, token } = this.#notify
    const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
    if (secret === null) return bearer
    const id = typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : ''
    return { ...bearer, ...(await signEvent(secret, id, body)) }
  }

  #backoff(): number {
    const { backoff, backoffMax } = this.#notify
    return Math.min(backoff * 2 ** Math.min(this.#failures - 1, 30), backoffMax) * (1 - Math.random() * 0.2)
  }

  /** One line when the receiver goes away and one when it is back, not one an attempt. */
  #noteFailure(why: string): void {
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
