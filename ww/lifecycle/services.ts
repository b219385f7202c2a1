import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import { type Instance, outcomeOf, succeeded } from './instance.ts'
import type { HookResult } from './world.ts'

/** WARMUP: waits for what the services need, starts them, and waits until they are ready. */
export async function warmup(instance: Instance, signal: AbortSignal): Promise<Outcome<LifecycleEvent>> {
  const { world, settings } = instance
  const missing = await world.awaitRequired(settings.requires, settings.requiresTimeout, signal)
  if (missing !== null) return { event: 'failed', reason: missing }
  return outcomeOf(await startServices(instance, signal, true))
}

/**
 * Starts the services: `svcup`, then every `serve` hook, then, `ready` being asked for, `warmup`, which a service
 * that ends meanwhile cuts short. The result is that of the step that failed, or of the last one.
 */
export async function startServices(
  instance: Instance,
  signal: AbortSignal,
  ready: boolean,
): Promise<HookResult> {
  const { world } = instance
  instance.servicesStarted = true
  const up = await instance.runHook('svcup', signal)
  if (!succeeded(up) || signal.aborted) return up
  instance.services = world.serviceHooks().map((name) => world.startService(name, instance.callContext()))
  if (!ready) return up
  const ended = new AbortController()
  const warm = instance.runHook('warmup', AbortSignal.any([signal, ended.signal]))
  const first = await Promise.race([warm, serviceEnded(instance)])
  if (typeof first !== 'string') return first
  ended.abort()
  await warm
  return { outcome: 'failed', summary: `${first} before it was ready`, output: '' }
}

/** Resolves when any of the running services has ended, with the sentence that says how; never when there is none. */
export function serviceEnded(instance: Instance): Promise<string> {
  return Promise.race(instance.services.map((service) => service.ended))
}

/**
 * Takes the services down: `drain`, the end of every `serve`, `svcdown`. Within a stop they share what is left of its
 * budget; otherwise each has its own time limit. Does nothing when the services were never started.
 */
export async function stopServices(
  instance: Instance,
  signal: AbortSignal,
  drain: boolean,
): Promise<HookResult | null> {
  const { world, settings } = instance
  if (!instance.servicesStarted) return null
  if (drain) await step(instance, 'drain', 0.5, signal)
  if (instance.services.length > 0) {
    const patience = share(instance, world.hasHook('svcdown') ? 0.75 : 1) ?? settings.timeouts.svcdown
    await timed(instance, 'services', () => endServices(instance, patience))
  }
  if (signal.aborted) return null
  const down = await step(instance, 'svcdown', 1, signal)
  if (down.outcome !== 'aborted') instance.servicesStarted = false
  return down
}

/** Runs a hook that takes services down; within a stop it gets a part of what is left, the kill included. */
async function step(
  instance: Instance,
  name: 'drain' | 'svcdown',
  part: number,
  signal: AbortSignal,
): Promise<HookResult> {
  const { world, settings } = instance
  const left = share(instance, part)
  const killAfter = left === null ? settings.killAfter : Math.min(settings.killAfter, left / 4)
  const limit = left === null ? settings.timeouts[name] : Math.min(settings.timeouts[name], left - killAfter)
  const result = await timed(instance, name, () => instance.runHook(name, signal, { limit, killAfter }))
  if (!succeeded(result) && result.outcome !== 'aborted') world.warn(result.summary)
  return result
}

async function endServices(instance: Instance, patience: number): Promise<void> {
  await Promise.all(
    instance.services.map(async (service) => {
      const { killed } = await service.stop(patience)
      if (killed && instance.stopBy !== null) instance.killed.push(service.name)
      else if (killed) instance.world.warn(`${service.name} did not end in time and was killed`)
    }),
  )
  instance.services = []
}

/** A part of what is left of the stop's budget before the sweep and the last announcement; null without a stop. */
function share(instance: Instance, part: number): number | null {
  if (instance.stopBy === null) return null
  const { sweep, announce } = instance.settings.stop
  return Math.max(0, (instance.stopBy - instance.world.now() - sweep - announce) * part)
}

/** Runs a step of a stop and notes how long it took. */
export async function timed<T>(instance: Instance, name: string, step: () => Promise<T>): Promise<T> {
  const began = instance.world.now()
  const result = await step()
  if (instance.stopBy !== null) instance.stopSteps.push({ name, ms: instance.world.now() - began })
  return result
}
