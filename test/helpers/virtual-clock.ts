import { setImmediate as turn } from 'node:timers/promises'

/** A clock that moves only when nothing else is left to do. */
export class VirtualClock {
  #now = 1_000_000
  #timers: { at: number; fire: () => void }[] = []

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const timer = { at: this.#now + ms, fire: resolve }
      this.#timers.push(timer)
      signal.addEventListener('abort', () => {
        this.#timers = this.#timers.filter((other) => other !== timer)
        resolve()
      })
    })
  }

  /** Lets time pass until the condition holds; throws when nothing is left that could make it true. */
  async runUntil(condition: () => boolean): Promise<void> {
    for (;;) {
      await settle()
      if (condition()) return
      const next = this.#timers.sort((a, b) => a.at - b.at).shift()
      if (!next) throw new Error('nothing is left to happen, and the condition does not hold')
      this.#now = Math.max(this.#now, next.at)
      next.fire()
    }
  }

  /** Lets this much time pass. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    let reached = false
    void this.sleep(ms, new AbortController().signal).then(() => {
      reached = true
    })
    await this.runUntil(() => reached && this.#now >= until)
  }
}

/** Lets every promise that can settle do so. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await turn()
}
