import type { FleetEvent } from './model.ts'

/** How long the states on the way up lasted lately, in milliseconds, by app and state; plain JSON. */
export type Durations = Readonly<Record<string, readonly number[]>>

/** The states that an instance may get stuck in. */
const watched = ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'RESTARTING']

/** So many samples are kept, so many are needed to judge, and what is shorter is never stuck, in milliseconds. */
const rule = { kept: 200, needed: 5, floor: 5000, percentile: 0.95 }

/** The durations with what one more event tells of the state before it. */
export function noteDuration(durations: Durations, event: FleetEvent): Durations {
  if (event.kind !== 'lifecycle' || event.previous === null || !watched.includes(event.previous))
    return durations
  // what ended in a stop or an error says nothing of how long it takes
  if (event.state === 'STOPPED' || event.state === 'ERROR') return durations
  const key = keyOf(event.app, event.previous)
  const samples = [...(durations[key] ?? []), event.previousMs].slice(-rule.kept)
  return { ...durations, [key]: samples }
}

/** How long a state of this app may last until it counts as stuck, in milliseconds; null when too little is known. */
export function stuckAfter(durations: Durations, app: string, state: string): number | null {
  const samples = durations[keyOf(app, state)]
  if (samples === undefined || samples.length < rule.needed) return null
  const sorted = samples.toSorted((a, b) => a - b)
  const value = sorted[Math.ceil(sorted.length * rule.percentile) - 1] ?? 0
  return Math.max(value, rule.floor)
}

function keyOf(app: string, state: string): string {
  return `${state} ${app}`
}
