import type { RestartSettings } from '../config/settings.ts'

/** What the governor remembers: when it allowed restarts, and the how-manieth in a row the last one was. */
export type RestartHistory = { readonly restarts: readonly number[]; readonly attempt: number }

/** Whether to restart, after which delay in milliseconds, and what to remember. */
export type RestartDecision =
  | { readonly kind: 'restart'; readonly delay: number; readonly history: RestartHistory }
  | { readonly kind: 'exhausted'; readonly reason: string; readonly history: RestartHistory }

/** Nothing was restarted yet. */
export const noRestarts: RestartHistory = { restarts: [], attempt: 0 }

/**
 * Decides about one restart: the first in a row at once, further ones after an exponential back-off, none past the
 * limit of the window. `upFor` is how long the services had been UP; long enough starts the row anew. `random` is
 * in [0, 1).
 */
export function decideRestart(
  history: RestartHistory,
  { now, upFor, random }: { now: number; upFor: number; random: number },
  settings: RestartSettings,
): RestartDecision {
  const recent = history.restarts.filter((at) => at > now - settings.window)
  if (recent.length >= settings.limit) {
    const seconds = Math.round(settings.window / 1000)
    return {
      kind: 'exhausted',
      reason: `${recent.length} restarts within ${seconds} s, which is ww.restart.limit`,
      history,
    }
  }
  const attempt = upFor >= settings.stable ? 1 : history.attempt + 1
  return {
    kind: 'restart',
    delay: backoff(attempt, random, settings),
    history: { restarts: [...recent, now], attempt },
  }
}

/** The delay before the how-manieth restart in a row, in milliseconds: none, then doubling up to the cap, less jitter. */
export function backoff(
  attempt: number,
  random: number,
  settings: Pick<RestartSettings, 'backoff' | 'backoffMax' | 'jitter'>,
): number {
  if (attempt <= 1) return 0
  const full = Math.min(settings.backoff * 2 ** (attempt - 2), settings.backoffMax)
  return Math.round(full * (1 - settings.jitter * random))
}
