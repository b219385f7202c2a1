import { formatDuration, formatLimit } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import type { HookResult } from './hook.ts'
import type { Instance } from './instance.ts'
import { describeHook, succeeded } from './outcome.ts'

type Result = Promise<Outcome<LifecycleEvent>>

/** STOPPING: stops the services, and ends what is left in the container. */
export async function stop(instance: Instance): Result {
  noteLeaving(instance)
  await stopServices(instance)
  await sweep(instance)
  return { event: 'done', reason: instance.limits.budget?.reason }
}

/** What the stop waited for before it began, beyond the steps that were under way already. */
function noteLeaving({ limits, world, announced, stopSteps }: Instance): void {
  const waited = world.now() - (limits.budget?.requestedAt ?? world.now())
  const known = stopSteps.reduce((sum, { took }) => sum + (typeof took === 'number' ? took : 0), 0)
  if (waited - known >= 100) stopSteps.unshift({ name: `leaving ${announced}`, took: waited - known })
}

/** FAILING: stops the services; what is left is ended too, unless the container is held for inspection. */
export async function fail(instance: Instance): Result {
  // nothing is left to drain
  instance.serving = false
  await stopServices(instance)
  if (!isHeld(instance)) await sweep(instance)
  return { event: 'done', reason: instance.failure?.reason, facts: instance.failure?.facts }
}

/** ERROR: delivers this last announcement, and holds the container if it is to be inspected. */
export async function error(instance: Instance): Result {
  await flush(instance)
  return { event: isHeld(instance) ? 'hold' : 'done' }
}

/** HELD: waits for somebody to stop the instance. */
export async function hold(instance: Instance, signal: AbortSignal): Result {
  instance.world.warn(
    'held for inspection (ww.on_error is "hold"): ww stop ends the instance with exit code 1',
  )
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  return { event: 'failed' }
}

/** ENDING: ends what a held instance still has. */
export async function end(instance: Instance): Promise<void> {
  if (instance.settings.onError === 'hold') await sweep(instance)
}

/** STOPPED: delivers this last announcement. */
export function flush(instance: Instance): Promise<void> {
  const { world, settings, limits } = instance
  return timed(instance, 'announcement', () =>
    limits.run('flush', settings.stop.grace, null, (limit) => world.flushAnnouncements(limit)),
  )
}

/**
 * Stops the services: `drain`, when UP was left by a stop or a requested restart, then every `serve`, then `svcdown`.
 * Each is done once, whichever state does it; a forced stop skips `svcdown`. Null when there was no `svcdown` to run.
 */
export async function stopServices(instance: Instance): Promise<HookResult | null> {
  const { world, services } = instance
  if (instance.serving) {
    instance.serving = false
    await runStep(instance, 'drain')
  }
  if (services !== null) {
    await timed(instance, 'services', () => services.end())
    instance.services = null
  }
  if (!instance.servicesStarted) return null
  instance.servicesStarted = false
  if (!instance.forced) return runStep(instance, 'svcdown')
  if (world.hasHook('svcdown')) instance.stopSteps.push({ name: 'svcdown', took: 'skipped' })
  return null
}

/** Whether the instance waits in HELD after a failure: not when somebody has asked for a stop meanwhile. */
function isHeld({ settings, limits }: Instance): boolean {
  return settings.onError === 'hold' && limits.budget === null
}

async function runStep(instance: Instance, name: 'drain' | 'svcdown'): Promise<HookResult> {
  const result = await timed(
    instance,
    name,
    () => instance.runStopHook(name),
    (ended) => ended.kind === 'absent',
  )
  if (result.kind === 'aborted' || result.kind === 'timedOut') {
    const limit = formatLimit(instance.settings.timeouts[name])
    instance.world.warn(`${name}: cut short after ${formatDuration(result.ms)} (limit ${limit})`)
  } else if (!succeeded(result)) instance.world.warn(describeHook(name, result))
  return result
}

async function sweep(instance: Instance): Promise<void> {
  const { world, settings, limits } = instance
  const report = await timed(instance, 'sweep', () =>
    limits.run('sweep', settings.stop.sweep, null, (limit) => world.sweep(limit)),
  )
  instance.killed.push(...report.killed)
  if (report.abandoned.length > 0)
    world.warn(`SIGKILL did not end ${report.abandoned.join(', ')}; what is left ends with the container`)
}

/** Does a step, and records how much of the stop it took. */
async function timed<T>(
  instance: Instance,
  name: string,
  step: () => Promise<T>,
  isNone: (result: T) => boolean = () => false,
): Promise<T> {
  const { world, limits } = instance
  const began = world.now()
  const result = await step()
  const { budget } = limits
  if (!budget) return result
  const took = isNone(result) ? 'none' : world.now() - Math.max(began, budget.requestedAt)
  instance.stopSteps.push({ name, took })
  return result
}
