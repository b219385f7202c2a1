import type { ProcessEnd } from '../../ww/lifecycle/hook.ts'
import type { Limit } from '../../ww/lifecycle/limit.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** How a process behaves; without a word it succeeds at once, and ends at once when it is signalled. */
export type Behaviour = {
  /** How it ends by itself; 0 by default. */
  readonly end?: ProcessEnd | number
  /** After how many milliseconds it ends by itself; Infinity: never. */
  readonly after?: number
  readonly output?: string
  /** How long it takes to end upon SIGTERM; Infinity: it ignores it. */
  readonly onTerm?: number
  /** Even SIGKILL does not end it. */
  readonly unkillable?: boolean
}

/** It never ends by itself. */
export const hangs: Behaviour = { after: Number.POSITIVE_INFINITY }
/** It never ends by itself, and ignores SIGTERM. */
export const ignoresTerm: Behaviour = { after: Number.POSITIVE_INFINITY, onTerm: Number.POSITIVE_INFINITY }
/** Nothing ends it. */
export const unkillable: Behaviour = { ...ignoresTerm, unkillable: true }

/** How a process of this behaviour ends by itself. */
export function endOf({ end = 0 }: Behaviour): ProcessEnd {
  return typeof end === 'number' ? { kind: 'exited', code: end } : end
}

/** How a process ended: by itself, upon SIGTERM, upon SIGKILL, or not at all. */
export type Ending = 'itself' | 'term' | 'kill' | 'abandoned'

/** Lets a process run under a limit until it ends, or until nobody waits for it. `running` is how long it has run. */
export async function runUnder(
  clock: VirtualClock,
  behaviour: Behaviour,
  limit: Limit,
  signalled = limit.end,
): Promise<Ending> {
  const { after = 0, onTerm = 0 } = behaviour
  if (after === 0 && !signalled.aborted) return 'itself'
  await clock.sleep(after, signalled)
  if (!signalled.aborted) return 'itself'
  await clock.sleep(onTerm, limit.kill)
  if (!limit.kill.aborted) return 'term'
  if (!behaviour.unkillable) return 'kill'
  await clock.sleep(Number.POSITIVE_INFINITY, limit.abandon)
  return 'abandoned'
}

/** An abort signal that is aborted. */
export function aborted(): AbortSignal {
  return AbortSignal.abort()
}
