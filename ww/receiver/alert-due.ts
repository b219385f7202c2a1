import type { Alert } from './alerts.ts'
import { isMuted, type Mute } from './mutes.ts'

/**
 * The alerts that people are to be told of now as firing, or as resolved: all of them together, once the first has
 * waited for `gather` milliseconds for others of the same cause. Whoever was told that something fires is told that it
 * is over, muted or not; what began and ended unnoticed is not told.
 */
export function findDue(
  alerts: readonly Alert[],
  status: 'firing' | 'resolved',
  { mutes, gather, now }: { mutes: readonly Mute[]; gather: number; now: number },
): Alert[] {
  const untold = alerts.filter((alert) => {
    if (alert.status !== status) return false
    return status === 'resolved'
      ? alert.told === 'firing'
      : alert.told === null && !isMuted(alert, mutes, now)
  })
  const isTime = untold.some(({ firedAt, resolvedAt }) => now - (resolvedAt ?? firedAt ?? now) >= gather)
  return isTime ? untold : []
}
