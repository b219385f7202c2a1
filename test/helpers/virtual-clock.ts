import { setImmediate as turn } from 'node:timers/promises'

type Timer = { readonly at: number; readonly fire: () => void }

/** A clock that moves only when nothing else is left to do. */
export class VirtualClock {
  #now = 1_000_000
  readonly #timers = new Set<Timer>()

  now = (): number => this.#now

  /** How many sleeps have neither ended nor been aborted. */
  get pending(): number {
    return this.#timers.size
  }

  sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const finish = (): void => {
        this.#timers.delete(timer)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      const timer = { at: this.#now + Math.max(0, ms), fire: finish }
      this.#timers.add(timer)
      signal.addEventListener('abort', finish)
    })

  /** Lets time pass until the condition holds; throws when nothing is left that could make it true. */
  async runUntil(condition: () => boolean): Promise<void> {
    for (;;) {
      await settle()
      if (condition()) return
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at)
      if (!next || next.at === Number.POSITIVE_INFINITY)
        throw new Error('nothing is left to happen, and the condition does not hold')
      this.#now = Math.max(this.#now, next.at)
      next.fire()
    }
  }

  /** Lets this much time pass. */
  async advance(ms: number): Promise<void> {
    let reached = false
    void this.sleep(ms, new AbortController().signal).then(() => {
      reached = true
    })
    await this.runUntil(() => reached)
  }
}

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn()
}
