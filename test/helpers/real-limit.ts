import { OpenLimit } from '../../ww/lifecycle/limit.ts'

/** As the clock's, but it does not hold the process: a test may leave a limit of an hour behind. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** A limit by the real clock: it ends after `end` milliseconds, and kills and abandons after `kill`. */
export function realLimit(end: number, kill = end): OpenLimit {
  return new OpenLimit({ now: () => performance.now(), sleep }, end, { end, kill, abandon: kill })
}
