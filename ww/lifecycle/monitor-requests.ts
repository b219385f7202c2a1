import type { HookResult } from './hook.ts'

/** Lets others have the monitor run now, and get its result. */
export class MonitorRequests {
  #waiting: ((result: HookResult | null) => void)[] = []
  #wake = new AbortController()

  /** Has the monitor run now; resolves with its result, or null when the instance is not UP. */
  request(): Promise<HookResult | null> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#wake.abort()
    })
  }

  /** Aborted as soon as there is a request. */
  get wake(): AbortSignal {
    return this.#wake.signal
  }

  /** Takes the requests that wait now: one that comes while the monitor runs waits for the next run. */
  take(): (result: HookResult | null) => void {
    const waiting = this.#waiting.splice(0)
    this.#wake = new AbortController()
    return (result) => {
      for (const resolve of waiting) resolve(result)
    }
  }
}
