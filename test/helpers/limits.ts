import { type LimitCause, OpenLimit } from '../../ww/lifecycle/limit.ts'
import type { Clock } from '../../ww/lifecycle/world.ts'

/** As the clock's own, but it does not hold the process: a test may leave a limit of an hour behind. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

const clock: Clock = { now: () => performance.now(), sleep }
const never = {
  end: Number.POSITIVE_INFINITY,
  kill: Number.POSITIVE_INFINITY,
  abandon: Number.POSITIVE_INFINITY,
}

/** A limit in real time that a test closes by hand, or that ends after the given milliseconds. */
export function openLimit(times: Partial<typeof never> = {}, ms = 60_000): OpenLimit {
  return new OpenLimit(clock, ms, { ...never, ...times })
}

/** Ends a limit now: SIGTERM at once, and SIGKILL and giving up after so many milliseconds. */
export function endNow(limit: OpenLimit, cause: LimitCause, kill = 30_000, abandon = kill + 10_000): void {
  limit.bringForward({ end: 0, kill, abandon }, cause)
}

/** A limit by the real clock: it ends after `end` milliseconds, and kills and abandons after `kill`. */
export function realLimit(end: number, kill = end): OpenLimit {
  return new OpenLimit(clock, end, { end, kill, abandon: kill })
}
