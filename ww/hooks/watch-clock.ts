import { sleep } from '../base/sleep.ts'

/** How often the clock is compared, and by how much it has to differ to count as set, in milliseconds. */
const interval = 30_000
const tolerance = 5_000

/** Calls `onSet` whenever the wall clock was set, or the machine was asleep; resolves when aborted. */
export async function watchClock(
  signal: AbortSignal,
  elapsed: () => number,
  onSet: () => void,
): Promise<void> {
  let offset = Date.now() - elapsed()
  for (;;) {
    await sleep(interval, signal)
    if (signal.aborted) return
    const now = Date.now() - elapsed()
    if (Math.abs(now - offset) > tolerance) onSet()
    offset = now
  }
}
