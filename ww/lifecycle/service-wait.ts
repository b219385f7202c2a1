import { formatLimit } from '../base/text.ts'
import type { Instance } from './instance.ts'
import type { ServiceUnit } from './service-unit.ts'

type Units = ReadonlyMap<string, ServiceUnit>

/**
 * Resolves when the essential services are ready and the others are, too, or have had `ww.timeouts.ready` for it; or
 * when the signal is aborted.
 */
export async function awaitServices(
  { world, settings }: Instance,
  units: Units,
  signal: AbortSignal,
): Promise<void> {
  const limit = settings.timeouts.ready
  const over = new AbortController()
  const late = new AbortController()
  const overdue = world.sleep(limit, AbortSignal.any([signal, over.signal])).then(() => late.abort())
  const soon = AbortSignal.any([signal, late.signal])
  await Promise.all(
    [...units.values()].map((unit) => unit.until(() => unit.isSettled, unit.essential ? signal : soon)),
  )
  over.abort()
  await overdue
  if (signal.aborted) return
  for (const { name, isSettled, reason } of units.values()) {
    if (isSettled) continue
    const why = reason === '' ? '' : ` (${reason})`
    world.warn(`${name}: not ready after ${formatLimit(limit)}${why}, continuing without it`)
  }
}

/** What is not ready yet, and why, such as `waiting for serve-web (waiting for serve-php)`. */
export function describeWaiting(units: Units): string {
  const waiting = [...units.values()].filter(({ isSettled }) => !isSettled)
  const named = waiting.map(({ name, reason }) => (reason === '' ? name : `${name} (${reason})`))
  return `waiting for ${named.join(', ')}`
}
