import type { Limit, LimitCause } from '../lifecycle/limit.ts'

/** How long an announcement that is cut has to end after SIGTERM, and then after SIGKILL, in milliseconds. */
const shortest = 50

/** A way to bring the limit of something that runs beside the lifecycle forward, so that it waits for nothing. */
export class Cut {
  readonly #end = new AbortController()
  readonly #kill = new AbortController()
  readonly #abandon = new AbortController()

  get end(): AbortSignal {
    return this.#end.signal
  }

  /** SIGTERM, and SIGKILL a moment later. */
  soon(): void {
    this.#end.abort()
    setTimeout(() => this.now(), shortest).unref()
  }

  /** SIGKILL; given up a moment later. */
  now(): void {
    this.#end.abort()
    this.#kill.abort()
    setTimeout(() => this.#abandon.abort(), shortest).unref()
  }

  /** The limit, which the cut ends too. */
  apply(limit: Limit): Limit {
    const end = AbortSignal.any([limit.end, this.#end.signal])
    const isCut = (): boolean => this.#end.signal.aborted
    return {
      end,
      kill: AbortSignal.any([limit.kill, this.#kill.signal]),
      abandon: AbortSignal.any([limit.abandon, this.#abandon.signal]),
      ms: limit.ms,
      get cause(): LimitCause | null {
        return limit.cause ?? (isCut() ? 'left' : null)
      },
    }
  }
}
