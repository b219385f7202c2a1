/** How long to wait before something is tried again, in milliseconds; jitter is a fraction. */
export type Backoff = { readonly backoff: number; readonly backoffMax: number; readonly jitter: number }

/**
 * The delay before try number `attempt`: none before the first, then doubling up to the longest, less up to `jitter` of
 * it, by `random` from 0 to 1.
 */
export function backoffDelay(
  attempt: number,
  random: number,
  { backoff, backoffMax, jitter }: Backoff,
): number {
  if (attempt <= 1) return 0
  return Math.round(Math.min(backoff * 2 ** (attempt - 2), backoffMax) * (1 - jitter * random))
}
