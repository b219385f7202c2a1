import type { FleetEvent } from './model.ts'

/** Objects within objects, of stats and of data: deeper ones overflow the stack where they are written as JSON. */
const deepest = 100

/**
 * Says why an event cannot be kept by every store, or null when it can. Events of many senders are committed together,
 * so that one which only the store would refuse takes all the others down with it, again at each retry.
 */
export function findUnkeepable(event: FleetEvent): string | null {
  const { id, app, instance } = event
  for (const [name, text] of Object.entries({ id, app, instance })) {
    if (!text.isWellFormed() || text.includes('\0'))
      return `${name} must be Unicode without NUL and without halves of surrogate pairs`
  }
  if (event.kind === 'stats' && isDeeper(event.stats, deepest))
    return `stats must be nested at most ${deepest} deep`
  if (event.kind === 'other' && isDeeper(event.data, deepest))
    return `data must be nested at most ${deepest} deep`
  return null
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
