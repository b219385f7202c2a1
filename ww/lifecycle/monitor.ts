import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import { type Instance, succeeded } from './instance.ts'
import type { HookResult } from './world.ts'

/** How many of the last failed outputs an ERROR tells. */
const keptOutputs = 5

/** Lets others have the monitor run now, and learn what it said. */
export class MonitorRequests {
  #waiting: ((result: HookResult | null) => void)[] = []
  #bell = new AbortController()

  /** Has the monitor run now; resolves with its result, or null when the instance is not UP. */
  request(): Promise<HookResult | null> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#bell.abort()
    })
  }

  /** Aborted as soon as somebody asks. */
  get asked(): AbortSignal {
    return this.#bell.signal
  }

  answer(result: HookResult | null): void {
    this.#bell = new AbortController()
    for (const resolve of this.#waiting.splice(0)) resolve(result)
  }
}

/**
 * Runs the monitor at once and then at its interval, or when asked, until it has failed as often in a row as
 * `ww.monitor.failures` says; what it prints when healthy goes to `pushstats`.
 */
export async function watchHealth(
  instance: Instance,
  requests: MonitorRequests,
  signal: AbortSignal,
): Promise<Outcome<LifecycleEvent> | null> {
  const { world, settings } = instance
  let failures = 0
  while (!signal.aborted) {
    const nextAt = world.now() + settings.monitor.every
    const result = await instance.runHook('monitor', signal, { capture: true })
    if (result.outcome === 'aborted') break
    const ok = succeeded(result)
    if (result.outcome !== 'absent')
      world.publishMonitor({ ok, output: ok ? result.output : failureText(result), nextAt })
    if (ok) {
      failures = 0
      if (result.outcome === 'ok') world.pushStats(result.output)
    } else {
      failures += 1
      instance.monitorOutputs = [...instance.monitorOutputs, failureText(result)].slice(-keptOutputs)
    }
    requests.answer(result)
    if (result.outcome === 'refused') return { event: 'failed', reason: result.summary }
    if (failures >= settings.monitor.failures) return { event: 'unhealthy', reason: result.summary }
    if (failures > 0)
      world.warn(`${result.summary} (${failures} of ${settings.monitor.failures} before a restart)`)
    await world.sleep(Math.max(0, nextAt - world.now()), AbortSignal.any([signal, requests.asked]))
  }
  return null
}

function failureText(result: HookResult): string {
  const output = result.output.trim()
  return output === '' ? result.summary : `${result.summary}: ${output}`
}
