import type { Entry } from '../chart/machine.ts'
import { type AnnouncedState, announcedStates, type LifecycleEvent, type LifecycleState } from './chart.ts'
import { decideRestart } from './governor.ts'
import type { Instance } from './instance.ts'
import type { Crash } from './world.ts'

/** Notes that a state was entered, decides about a restart, and tells the world of the states that users know. */
export function enterState(
  instance: Instance,
  entry: Entry<LifecycleState, LifecycleEvent>,
  crash?: Crash,
): void {
  const { world } = instance
  const now = world.now()
  instance.cameFrom = entry.from ?? null
  if (entry.state === 'RESTARTING') instance.restart = planRestart(instance, entry, now)
  if (entry.state === 'UP') instance.upSince = now
  if (entry.state === 'FAILING' && entry.event === 'failed') instance.failure = entry.reason ?? ''
  if (instance.stopBy !== null && instance.stopSteps.length === 0) {
    instance.stopSteps.push({ name: `leaving ${instance.announced}`, ms: now - instance.stopAskedAt })
  }
  if (isAnnounced(entry.state)) announce(instance, entry.state, reasonOf(instance, entry), now, crash)
  else if (entry.state === 'FAILING') world.warn(reasonOf(instance, entry))
  else if (entry.state !== 'SWEEPING') world.info(`stopping: ${reasonOf(instance, entry)}`)
}

function announce(
  instance: Instance,
  state: AnnouncedState,
  reason: string,
  now: number,
  crash?: Crash,
): void {
  instance.previous = instance.announced
  const previousMs = now - instance.announcedAt
  instance.announced = state
  instance.announcedAt = now
  instance.world.announce({
    state,
    previous: instance.previous,
    reason,
    attempt:
      state === 'RESTARTING' && instance.restart?.kind === 'restart' ? instance.restart.history.attempt : 0,
    previousMs: instance.previous === null ? 0 : previousMs,
    at: now,
    ...(state === 'BOOT' && crash ? { crash } : {}),
    ...(state === 'ERROR' && instance.monitorOutputs.length > 0
      ? { monitorOutputs: instance.monitorOutputs }
      : {}),
  })
}

/** A restart that somebody asked for is granted at once and counts for nothing; the others are the governor's. */
function planRestart(
  instance: Instance,
  entry: Entry<LifecycleState, LifecycleEvent>,
  now: number,
): NonNullable<Instance['restart']> {
  const { world, settings, restartHistory } = instance
  if (entry.event === 'restart') return { kind: 'restart', delay: 0, history: restartHistory }
  const upFor = entry.from === 'UP' && instance.upSince !== null ? now - instance.upSince : 0
  const decision = decideRestart(restartHistory, { now, upFor, random: world.random() }, settings.restart)
  instance.restartHistory = decision.history
  return decision
}

function reasonOf(
  instance: Instance,
  { state, from, event, reason }: Entry<LifecycleState, LifecycleEvent>,
): string {
  if (state === 'ERROR') return instance.failure
  if (state === 'STOPPED') return instance.stopReason
  if (reason) return reason
  if (event === undefined) return 'started'
  if (event === 'fresh') return '/data is fresh'
  if (event === 'ready') return '/data is there'
  return event === 'ok' ? `${from} succeeded` : `${event} in ${from}`
}

function isAnnounced(state: LifecycleState): state is AnnouncedState {
  return (announcedStates as readonly string[]).includes(state)
}
