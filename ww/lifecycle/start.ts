import { formatCount, formatDuration } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import type { HookResult, ProcessEnd } from './hook.ts'
import type { Instance } from './instance.ts'
import { awaitHealth, type Health } from './monitor.ts'
import { describeEnd, describeHook, factsOf, refused, refusesRestart, succeeded } from './outcome.ts'
import { withProgress } from './progress.ts'

/** Whether the services were started and are ready; `final`: it makes no sense to try again. */
export type Start = {
  readonly ready: boolean
  readonly final: boolean
  readonly reason: string
  readonly facts: readonly string[]
}

/** A service that has ended by itself. */
export type EndedService = { readonly name: string; readonly end: ProcessEnd }

/** WARMUP: waits for what the services require, starts them, and waits until they are ready. */
export async function warmup(instance: Instance, signal: AbortSignal): Promise<Outcome<LifecycleEvent>> {
  const { world, settings, limits } = instance
  const missing = await limits.run('wait', settings.requiresTimeout, signal, (limit) =>
    world.awaitRequired(settings.requires, limit),
  )
  if (missing !== null) return { event: 'failed', reason: missing }
  if (signal.aborted) return { event: 'failed', reason: 'the services were not started' }
  const start = await startServices(instance, signal)
  if (!start.ready) return { event: 'failed', reason: start.reason, facts: start.facts }
  const facts = [
    `ready after ${formatDuration(world.now() - instance.bootedAt)}`,
    formatCount(instance.services.length, 'service'),
  ]
  return { event: 'ok', reason: start.reason, facts }
}

/**
 * Starts the services: `svcup`, then every `serve` hook, then `warmup`, then the monitor until it succeeds. All of it is
 * the same after a boot and in a restart, and a service that ends meanwhile cuts it short.
 */
export async function startServices(instance: Instance, signal: AbortSignal): Promise<Start> {
  const { world } = instance
  instance.servicesStarted = true
  instance.firstMonitor = null
  const up = await reported(instance, 'svcup', signal)
  if (!succeeded(up) || signal.aborted) return startOf('svcup', up)
  instance.services = world.serviceHooks().map((name) => world.startService(name, instance.callContext()))
  const ended = new AbortController()
  const ready = awaitReady(instance, AbortSignal.any([signal, ended.signal]))
  const first = await Promise.race([ready, serviceEnded(instance)])
  if ('ready' in first) return first
  ended.abort()
  await ready
  const reason = `${describeEnd(first.name, first.end)} before it was ready`
  return { ready: false, final: refusesRestart(first.end), reason, facts: [] }
}

/** Resolves when any of the running services has ended; never when there is none. */
export function serviceEnded({ services }: Instance): Promise<EndedService> {
  return Promise.race(services.map(async ({ name, ended }) => ({ name, end: await ended })))
}

/** Waits for `warmup` and then for the monitor, within the time limit of `warmup`. */
async function awaitReady(instance: Instance, signal: AbortSignal): Promise<Start> {
  const { world, settings } = instance
  const limit = settings.timeouts.warmup
  const deadline = world.now() + limit
  const warm = await reported(instance, 'warmup', signal)
  if (!succeeded(warm) || signal.aborted) return startOf('warmup', warm)
  let reason = 'no result yet'
  const waitsFor = (): string => `waiting for the monitor: ${reason}`
  const health = await withProgress(instance, { waitsFor, limit }, () =>
    awaitHealth(instance, signal, deadline, (failed) => {
      reason = failed
    }),
  )
  return health.kind === 'absent' ? startOf('warmup', warm) : readinessOf(health)
}

function readinessOf({ kind, reason }: Health): Start {
  return { ready: kind === 'healthy', final: kind === 'refused', reason, facts: [] }
}

function startOf(name: 'svcup' | 'warmup', result: HookResult): Start {
  const reason = result.kind === 'absent' ? 'services started' : describeHook(name, result)
  return { ready: succeeded(result), final: refused(result), reason, facts: factsOf(result) }
}

function reported(instance: Instance, name: 'svcup' | 'warmup', signal: AbortSignal): Promise<HookResult> {
  const limit = instance.settings.timeouts[name]
  return withProgress(instance, { waitsFor: () => `${name} is running`, limit }, () =>
    instance.runHook(name, signal),
  )
}
