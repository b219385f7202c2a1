import type { NotifySettings } from '../config/settings.ts'
import type { Log } from './log.ts'
import type { Outbox, Waiting } from './outbox.ts'
import { sleep } from './sleep.ts'

/** What became of one attempt: delivered, refused for good, or to be tried again, after so many milliseconds if told. */
type Attempt =
  | { kind: 'delivered' }
  | { kind: 'refused'; why: string }
  | { kind: 'later'; why: string; after?: number }

/** HTTP codes that another attempt may change. */
const temporary = [408, 425, 429]

/** Posts the events of an outbox one by one, in order, at least once, for as long as it takes. */
export class Sender {
  readonly #outbox: Outbox
  readonly #notify: NotifySettings & { readonly url: string }
  readonly #log: Log
  readonly #closed = new AbortController()
  #hurry = new AbortController()
  #sending: Promise<void> | null = null
  #failures = 0

  constructor(outbox: Outbox, notify: NotifySettings & { readonly url: string }, log: Log) {
    this.#outbox = outbox
    this.#notify = notify
    this.#log = log
  }

  /** There is something to send. */
  wake(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null
    })
  }

  /** Tries at once to send what waits; resolves when nothing does, or after `limit` milliseconds. */
  async drain(limit: number): Promise<void> {
    if (this.#outbox.size === 0) return
    this.#hurry.abort()
    this.wake()
    const over = new AbortController()
    await Promise.race([this.#sending, sleep(limit, over.signal)])
    over.abort()
  }

  close(): void {
    this.#closed.abort()
  }

  async #sendAll(): Promise<void> {
    for (let next = this.#outbox.first(); next && !this.#closed.signal.aborted; next = this.#outbox.first()) {
      const attempt = await this.#post(next)
      if (this.#closed.signal.aborted) return
      if (attempt.kind === 'delivered' || (attempt.kind === 'refused' && next.kind === 'stats')) {
        if (attempt.kind === 'delivered') this.#noteSuccess()
        else this.#log.warn(`${this.#notify.url} refused stats for good: ${attempt.why}`)
        this.#outbox.remove(next.name)
        continue
      }
      this.#noteFailure(attempt.why)
      this.#hurry = new AbortController()
      const pause = attempt.kind === 'later' && attempt.after !== undefined ? attempt.after : this.#backoff()
      await sleep(
        Math.min(pause, this.#notify.backoffMax),
        AbortSignal.any([this.#hurry.signal, this.#closed.signal]),
      )
    }
  }

  async #post({ event }: Waiting): Promise<Attempt> {
    const { default: got } = await import('got')
    const body = JSON.stringify(event)
    try {
      const response = await got.post(this.#notify.url, {
        body,
        headers: { 'content-type': 'application/cloudevents+json', ...(await this.#authorise(event, body)) },
        timeout: { request: this.#notify.timeout },
        retry: { limit: 0 },
        throwHttpErrors: false,
        followRedirect: false,
        signal: this.#closed.signal,
      })
      return judge(response.statusCode, response.headers['retry-after'], response.body)
    } catch (error) {
      return { kind: 'later', why: error instanceof Error ? error.message : String(error) }
    }
  }

  async #authorise(event: unknown, body: string): Promise<Record<string, string>> {
    const { secret, token } = this.#notify
    const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
    if (secret === null) return bearer
    const { Webhook } = await import('standardwebhooks')
    const id = typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : ''
    const now = new Date()
    return {
      ...bearer,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    }
  }

  #backoff(): number {
    const { backoff, backoffMax } = this.#notify
    return Math.min(backoff * 2 ** Math.min(this.#failures - 1, 30), backoffMax) * (1 - Math.random() * 0.2)
  }

  /** One line when the receiver goes away and one when it is back, not one an attempt. */
  #noteFailure(why: string): void {
    if (this.#failures === 0)
      this.#log.warn(`cannot report to ${this.#notify.url} (${why}); keeping events until it answers`)
    this.#failures += 1
  }

  #noteSuccess(): void {
    if (this.#failures > 0) this.#log.info(`${this.#notify.url} answers again`)
    this.#failures = 0
  }
}

function judge(code: number, retryAfter: string | undefined, body: string): Attempt {
  // 409: it has this event already
  if ((code >= 200 && code < 300) || code === 409) return { kind: 'delivered' }
  const why = `HTTP ${code} ${body.split('\n')[0]?.slice(0, 200) ?? ''}`.trim()
  if (code < 500 && !temporary.includes(code)) return { kind: 'refused', why }
  const after = retryAfter === undefined ? null : parseRetryAfter(retryAfter)
  return after === null ? { kind: 'later', why } : { kind: 'later', why, after }
}

function parseRetryAfter(value: string): number | null {
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}
