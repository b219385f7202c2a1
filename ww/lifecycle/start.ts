import { formatDuration, formatLimit } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import { whileDoing } from './doing.ts'
import type { HookResult } from './hook.ts'
import type { Instance } from './instance.ts'
import { awaitHealth, type Health } from './monitor.ts'
import { describeHook, factsOf, refused, succeeded } from './outcome.ts'
import { withProgress } from './progress.ts'
import { awaitServices, describeWaiting } from './service-wait.ts'
import { Services } from './services.ts'

/** Whether the services were started and are ready; `final`: it makes no sense to try again. */
export type Start = {
  readonly ready: boolean
  readonly final: boolean
  readonly reason: string
  readonly facts: readonly string[]
}

/** WARMUP: waits for what the services require, starts them, and waits until they are ready. */
export async function warmup(instance: Instance, signal: AbortSignal): Promise<Outcome<LifecycleEvent>> {
  const { world, settings, limits } = instance
  const { requires, requiresTimeout: ms } = settings
  const step = { kind: 'requires', what: requires.join(', '), ms, setting: 'ww.requires_timeout' } as const
  const missing = await whileDoing(instance, step, () =>
    limits.run('wait', ms, signal, (limit) => world.awaitRequired(requires, limit)),
  )
  if (missing !== null) return { event: 'failed', reason: missing }
  if (signal.aborted) return { event: 'failed', reason: 'the services were not started' }
  const start = await startServices(instance, signal)
  if (!start.ready) return { event: 'failed', reason: start.reason, facts: start.facts }
  const facts = [
    `ready after ${formatDuration(world.now() - instance.bootedAt)}`,
    instance.services?.summary ?? '',
  ]
  return { event: 'ok', reason: start.reason, facts }
}

/**
 * Starts the services: `svcup`, then every `serve` hook, then `warmup`, then the monitor until it succeeds. All of it is
 * the same after a boot and in a restart, and a service that ends meanwhile cuts it short.
 */
export async function startServices(instance: Instance, signal: AbortSignal): Promise<Start> {
  instance.servicesStarted = true
  instance.firstMonitor = null
  const up = await reported(instance, 'svcup', signal)
  if (!succeeded(up) || signal.aborted) return startOf('svcup', up)
  const services = new Services(instance)
  instance.services = services
  const ended = new AbortController()
  const ready = awaitReady(instance, services, AbortSignal.any([signal, ended.signal]))
  const first = await Promise.race([ready, services.trouble])
  if ('ready' in first) return first
  ended.abort()
  await ready
  if (first.done) return { ready: false, final: true, reason: first.reason, facts: [] }
  return { ready: false, final: first.final, reason: `${first.reason} before it was ready`, facts: [] }
}

/** Waits for the services, then for `warmup` and the monitor, within the time limit of `warmup`. */
async function awaitReady(instance: Instance, services: Services, signal: AbortSignal): Promise<Start> {
  const { world, settings } = instance
  const limit = settings.timeouts.warmup
  const deadline = world.now() + limit
  const missing = await awaitUnits(instance, services, signal)
  if (missing !== null) return { ready: false, final: false, reason: missing, facts: [] }
  const warm = await reported(instance, 'warmup', signal)
  if (!succeeded(warm) || signal.aborted) return startOf('warmup', warm)
  let reason = 'no result yet'
  const waitsFor = (): string => `waiting for the monitor: ${reason}`
  const step = { kind: 'monitor', what: 'monitor', ms: limit, setting: 'ww.timeouts.warmup' } as const
  const health = await withProgress(instance, { waitsFor, limit }, () =>
    whileDoing(instance, step, () =>
      awaitHealth(instance, signal, deadline, (failed) => {
        reason = failed
      }),
    ),
  )
  return health.kind === 'absent' ? startOf('warmup', warm) : readinessOf(health)
}

/** Null when the services are ready, otherwise why the start cannot go on. */
async function awaitUnits(
  instance: Instance,
  services: Services,
  signal: AbortSignal,
): Promise<string | null> {
  const { limits, settings } = instance
  const limit = settings.timeouts.warmup
  const waitsFor = (): string => describeWaiting(services.units)
  const step = { kind: 'services', what: '', ms: limit, setting: 'ww.timeouts.warmup' } as const
  await withProgress(instance, { waitsFor, limit }, () =>
    whileDoing(instance, step, () =>
      limits.run('wait', limit, signal, (opened) => awaitServices(instance, services.units, opened.end)),
    ),
  )
  if (signal.aborted) return 'the services were not started'
  return services.areReady ? null : `${describeWaiting(services.units)} timed out after ${formatLimit(limit)}`
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
