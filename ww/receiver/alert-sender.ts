import { backoffDelay } from '../base/backoff.ts'
import { sleep } from '../base/sleep.ts'
import { classifyResponse, type DeliveryResult } from '../notify/delivery.ts'
import { signEvent } from '../notify/signature.ts'
import type { AlertWebhook } from './alert-rules.ts'

/** A message that waits to be posted; plain JSON. */
export type OutgoingAlert = {
  /** The same at each attempt: what a webhook counts it once by. */
  readonly id: string
  /** The webhook that it is for. */
  readonly url: string
  /** JSON. */
  readonly body: string
}

/** How to post, in milliseconds; jitter is a fraction. */
export type SendPace = {
  readonly timeout: number
  readonly backoff: number
  readonly backoffMax: number
  readonly jitter: number
}

/** As long as a webhook is away, it is asked less and less often, at least once in five minutes. */
export const usualPace: SendPace = { timeout: 10_000, backoff: 1000, backoffMax: 300_000, jitter: 0.2 }

/** How often a webhook took a message, refused one for good, or could not be told. */
export type Deliveries = { readonly delivered: number; readonly refused: number; readonly failed: number }

/** So many messages wait for one webhook; the oldest goes when there are more. */
const longest = 1000

/** Posts messages to one webhook, one by one, in order, at least once, for as long as it takes. */
export class AlertSender {
  readonly #webhook: AlertWebhook
  readonly #pace: SendPace
  readonly #warn: (line: string) => void
  readonly #done: () => void
  readonly #closed = new AbortController()
  #waiting: OutgoingAlert[] = []
  #sending: Promise<void> | null = null
  readonly #deliveries = { delivered: 0, refused: 0, failed: 0 }

  /** `done` hears of each message that waits no longer. */
  constructor(webhook: AlertWebhook, pace: SendPace, done: () => void, warn: (line: string) => void) {
    this.#webhook = webhook
    this.#pace = pace
    this.#done = done
    this.#warn = warn
  }

  get url(): string {
    return this.#webhook.url
  }

  get waiting(): readonly OutgoingAlert[] {
    return this.#waiting
  }

  get deliveries(): Deliveries {
    return this.#deliveries
  }

  send(message: OutgoingAlert): void {
    this.#waiting.push(message)
    if (this.#waiting.length > longest) {
      // the first may be under way just now
      this.#waiting.splice(1, 1)
      this.#warn(`more than ${longest} alerts wait for ${this.#host()}; dropping the oldest`)
    }
    this.#sending ??= this.#sendAll()
  }

  /** Gives up what is under way; it still counts as waiting. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#sending
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#closed
    let failures = 0
    for (let next = this.#waiting[0]; next && !signal.aborted; next = this.#waiting[0]) {
      const attempt = await this.#post(next)
      if (signal.aborted) break
      if (attempt.kind === 'later') {
        this.#deliveries.failed += 1
        if (failures === 0) this.#warn(`cannot tell ${this.#host()} of alerts (${attempt.why}); trying again`)
        failures += 1
        const pause = backoffDelay(failures + 1, Math.random(), this.#pace)
        await sleep(Math.min(Math.max(attempt.after ?? 0, pause), this.#pace.backoffMax), signal)
        continue
      }
      this.#deliveries[attempt.kind] += 1
      if (attempt.kind === 'refused')
        this.#warn(`${this.#host()} refuses an alert for good (${attempt.why}); dropping it`)
      failures = 0
      this.#waiting.shift()
      this.#done()
    }
    // in the same step as the last look: what comes later begins anew
    this.#sending = null
  }

  async #post({ id, body }: OutgoingAlert): Promise<DeliveryResult> {
    const { url, secret } = this.#webhook
    try {
      const { got } = await import('../http/client.ts')
      const signed = secret === null ? {} : await signEvent(secret, id, body)
      const response = await got.post(url, {
        body,
        headers: { 'content-type': 'application/json', 'webhook-id': id, ...signed },
        timeout: { request: this.#pace.timeout },
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
        signal: this.#closed.signal,
      })
      return classifyResponse(response.statusCode, response.headers['retry-after'], response.body, Date.now())
    } catch (error) {
      return { kind: 'later', why: error instanceof Error ? error.message : String(error) }
    }
  }

  /** Not the whole URL: many a webhook's address is a secret. */
  #host(): string {
    return URL.parse(this.url)?.host ?? 'a webhook'
  }
}
