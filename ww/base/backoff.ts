/** How long to wait before something is tried again: milliseconds, and the part that is taken off at random, 0 to 1. */
export type Backoff = { readonly backoff: number; readonly backoffMax: number; readonly jitter: number }

/** The delay before the n-th attempt in a row, in milliseconds: none, then doubling up to the maximum, less jitter. */
export function backoff(attempt: number, random: number, settings: Backoff): number {
  if (attempt <= 1) return 0
  const full = Math.min(settings.backoff * 2 ** (attempt - 2), settings.backoffMax)
  return Math.round(full * (1 - settings.jitter * random))
}
