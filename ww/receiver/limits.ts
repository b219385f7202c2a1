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

  /** Counts the events of a request by instance; nothing of it, and the id, when that is too much of an instance. */
  take(events: ReadonlyMap<string, readonly unknown[]>, now: number): string | null {
    const minute = Math.floor(now / 60_000)
    if (minute !== this.#minute) this.#counts = new Map()
    this.#minute = minute
    const counts = [...events].map(([id, { length }]) => [id, this.#countOf(id) + length] as const)
    const over = counts.find(([, count]) => count > this.#limit)
    if (over) return over[0]
    for (const [id, count] of counts) this.#counts.set(id, count)
    return null
  }

  #countOf(id: string): number {
    return this.#counts.get(id) ?? 0
  }
}
