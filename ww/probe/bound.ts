/** The time of one probe: one signal for both reasons to end it. */
export type Bound = {
  readonly signal: AbortSignal
  /** Why the signal was aborted. */
  readonly reason: 'timed out' | 'was aborted'
  /** The probe is over: neither a timer nor a listener is left. */
  close(): void
}

/**
 * Ends after `ms` milliseconds, or when `outer` is aborted. AbortSignal.any would leave something behind in a signal that
 * lives as long as a service, with each probe of it.
 */
export function openBound(outer: AbortSignal, ms: number): Bound {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  const timer = setTimeout(abort, ms)
  outer.addEventListener('abort', abort)
  if (outer.aborted) abort()
  return {
    signal: controller.signal,
    get reason() {
      return outer.aborted ? 'was aborted' : 'timed out'
    },
    close() {
      clearTimeout(timer)
      outer.removeEventListener('abort', abort)
    },
  }
}
