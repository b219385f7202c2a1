import { backoffDelay } from '../base/backoff.ts'
import type { RestartSettings } from '../config/settings.ts'

/** What the policy remembers: when it allowed restarts, and how many in a row there were. */
export type RestartHistory = { readonly restarts: readonly number[]; readonly attempt: number }

/** Whether to restart, after which delay in milliseconds, and what to remember. `recent`: restarts in the window, this one included. */
export type RestartDecision =
  | {
      readonly kind: 'restart'
      readonly delay: number
      readonly recent: number
      readonly history: RestartHistory
    }
  | { readonly kind: 'exhausted' }

/** Nothing was restarted yet. */
export const noRestarts: RestartHistory = { restarts: [], attempt: 0 }

/**
 * Decides about one restart: the first in a row at once, further ones after an exponential back-off, none past the
 * limit of the window. `upFor` is how long the services were UP; long enough starts a new row. `random` is in [0, 1).
 */
export function decideRestart(
  history: RestartHistory,
  { now, upFor, random }: { now: number; upFor: number; random: number },
  settings: RestartSettings,
): RestartDecision {
  const recent = history.restarts.filter((at) => at > now - settings.window)
  if (recent.length >= settings.limit) return { kind: 'exhausted' }
  const attempt = upFor >= settings.stable ? 1 : history.attempt + 1
  return {
    kind: 'restart',
    delay: backoffDelay(attempt, random, settings),
    recent: recent.length + 1,
    history: { restarts: [...recent, now], attempt },
  }
}
