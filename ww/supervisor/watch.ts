import { next } from '../chart/chart.ts'
import type { Outcome } from '../chart/machine.ts'
import { type TargetEvent, targetChart } from './target/chart.ts'
import { judgePing } from './target/judge.ts'
import type { Target } from './target/target.ts'

/** A timer may ring so many milliseconds before its time. */
const early = 2

/** Pings a target at its interval, from a fixed start so that it does not drift, until the state is another. */
export async function watchAnswers(
  target: Target,
  signal: AbortSignal,
): Promise<Outcome<TargetEvent> | undefined> {
  while (!signal.aborted) {
    if (target.lastPing !== null) await awaitBeat(target, signal)
    const outcome = await look(target, signal)
    if (outcome) return outcome
  }
  return undefined
}

/** Pings once; the event that it means, when that leads out of the state. */
export async function look(target: Target, signal: AbortSignal): Promise<Outcome<TargetEvent> | null> {
  if (signal.aborted) return null
  const { config, world, state } = target
  const ping = await world.ping(config.url, config.timeout, signal)
  if (signal.aborted) return null
  target.lastPing = ping
  const ownProcess = ping.refused && world.ownPids(config.url).length > 0
  const { event, bad, reason } = judgePing(ping, target.badPings, { failures: config.failures, ownProcess })
  target.badPings = bad
  if ((event === 'answered' || event === 'pending') && target.upAt === null) target.upAt = world.now()
  return event !== null && next(targetChart, state, event) ? { event, reason } : null
}

/** Waits for the target's own next beat, or until its process ends; beats that were missed are left out. */
async function awaitBeat(target: Target, signal: AbortSignal): Promise<void> {
  const { world, config } = target
  const missed = Math.floor((world.now() - target.due) / config.every)
  if (missed > 0) target.due += missed * config.every
  await target.rest(target.due - world.now(), signal)
  if (world.now() >= target.due - early) target.due += config.every
}
