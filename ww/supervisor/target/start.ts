import type { Outcome } from '../../chart/machine.ts'
import { decideRestart, noRestarts } from '../../lifecycle/restart-policy.ts'
import { look } from '../watch.ts'
import type { TargetEvent } from './chart.ts'
import type { Target } from './target.ts'

/** Milliseconds to the first ping after a start; each further one waits twice as long, up to the interval. */
const firstLook = 5

/**
 * Starts a target that is DOWN, after its back-off and when nothing stands in the way; takes it as it is when it
 * answers meanwhile.
 */
export async function startWhenDown(
  target: Target,
  signal: AbortSignal,
): Promise<Outcome<TargetEvent> | undefined> {
  const { config, world } = target
  if (target.stopping) target.markStopped()
  const plan = target.stopping ? null : planStart(target)
  target.givenUp = plan?.at === Number.POSITIVE_INFINITY
  if (plan?.why) target.explain(plan.why)
  while (!signal.aborted) {
    if (plan && world.now() >= plan.at) {
      if (world.ownPids(config.url).length > 0)
        return { event: 'leftover', reason: 'something of its last life is left' }
      const obstacle = findObstacle(target)
      if (obstacle === null) {
        plan.begin()
        return { event: 'spawned', reason: `started: ${config.run}` }
      }
      target.explain(obstacle)
    }
    const wait = plan && plan.at > world.now() ? plan.at - world.now() : config.every
    await target.rest(Math.min(wait, config.every), signal)
    const outcome = target.stopping ? null : await look(target, signal)
    if (outcome) return outcome
  }
  return undefined
}

/** Waits for the first answer of a target that was started. */
export async function awaitAnswer(
  target: Target,
  signal: AbortSignal,
): Promise<Outcome<TargetEvent> | undefined> {
  const { config, world } = target
  const deadline = world.now() + config.startLimit
  for (let pause = firstLook; !signal.aborted; pause = Math.min(pause * 2, config.every)) {
    await target.rest(Math.min(pause, deadline - world.now()), signal)
    const outcome = await look(target, signal)
    if (outcome) return outcome
    if (target.processEnd?.ok === false) return { event: 'ended', reason: target.processEnd.what }
    if (world.now() >= deadline)
      return { event: 'overdue', reason: `no answer within ${config.startLimit / 1000} s of its start` }
  }
  return undefined
}

/** When to start it, never when it was restarted too often, and how; null for a target that is only watched. */
function planStart(target: Target): { at: number; why?: string; begin(): void } | null {
  const { config, world } = target
  if (config.run === null) return null
  const now = world.now()
  const begin = (history = noRestarts): void => {
    target.history = history
    if (target.started) target.restarts += 1
    target.started = true
    target.upAt = null
    target.badPings = 0
    target.keep(world.spawn(config))
  }
  if (!target.started) return { at: now, begin }
  const upFor = target.upAt === null ? 0 : now - target.upAt
  const decision = decideRestart(target.history, { now, upFor, random: world.random() }, config.restart)
  if (decision.kind === 'exhausted') {
    const { limit, window } = config.restart
    const why = `given up: ${limit} restarts within ${Math.round(window / 1000)} s, its restart limit`
    return { at: Number.POSITIVE_INFINITY, why, begin }
  }
  const why = decision.delay > 0 ? { why: `starts again in ${(decision.delay / 1000).toFixed(1)} s` } : {}
  return { at: now + decision.delay, ...why, begin: () => begin(decision.history) }
}

function findObstacle({ config, world, others }: Target): string | null {
  const missing = config.requires.filter((url) => !others.isRunning(url))
  if (missing.length > 0) return `waits for ${missing.join(', ')}`
  const holder = world.portHolder(config.url)
  return holder && `its port is held by ${holder}, so that no second copy is started`
}
