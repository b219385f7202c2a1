/** What a receiver takes at most. */
export type Limits = {
  /** Bytes of a request's body. */
  readonly body: number
  /** Events of a request. */
  readonly batch: number
  /** Events of one instance a minute. */
  readonly rate: number
  /** Instances in all. */
  readonly instances: number
}

/** What it takes unless told otherwise. */
export const usualLimits: Limits = { body: 4 << 20, batch: 10_000, rate: 10_000, instances: 50_000 }

/** Counts the events of each instance within a minute. */
export class RateLimit {
  readonly #limit: number
  #minute = 0
  #counts = new Map<string, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether an instance may report so many events more. */
  take(id: string, events: number, now: number): boolean {
    const minute = Math.floor(now / 60_000)
    if (minute !== this.#minute) this.#counts = new Map()
    this.#minute = minute
    const count = (this.#counts.get(id) ?? 0) + events
    if (count > this.#limit) return false
    this.#counts.set(id, count)
    return true
  }
}
