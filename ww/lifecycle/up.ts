import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import { type Instance, succeeded } from './instance.ts'
import { type MonitorRequests, watchHealth } from './monitor.ts'
import { serviceEnded, startServices, stopServices } from './services.ts'

/** UP: watches the services by their monitor and their end, and runs the schedules, until something is wrong. */
export async function up(
  instance: Instance,
  requests: MonitorRequests,
  signal: AbortSignal,
): Promise<Outcome<LifecycleEvent>> {
  const { world } = instance
  const over = new AbortController()
  const inner = AbortSignal.any([signal, over.signal])
  const health = watchHealth(instance, requests, inner)
  const schedules = world.runSchedules(
    (name, limit, running) => world.runHook({ ...instance.callContext(), name, limit }, running),
    inner,
  )
  const first = await Promise.race([health, serviceEnded(instance)])
  over.abort()
  await Promise.all([health, schedules])
  requests.answer(null)
  return typeof first === 'string' ? { event: 'unhealthy', reason: first } : (first ?? { event: 'unhealthy' })
}

/** RESTARTING: takes the services down, backs off, and starts them again, as the governor decided on entry. */
export async function restart(instance: Instance, signal: AbortSignal): Promise<Outcome<LifecycleEvent>> {
  const { world, settings, restart: decision } = instance
  if (decision?.kind === 'exhausted') return { event: 'failed', reason: decision.reason }
  const down = await stopServices(instance, signal, true)
  if (down?.outcome === 'refused') return { event: 'failed', reason: down.summary }
  if (decision && decision.delay > 0) {
    world.info(`restarting in ${(decision.delay / 1000).toFixed(1)} s`)
    await world.sleep(decision.delay, signal)
  }
  if (signal.aborted) return { event: 'failed' }
  const started = await startServices(instance, signal, settings.restart.warmup)
  if (started.outcome === 'refused') return { event: 'failed', reason: started.summary }
  return succeeded(started) ? { event: 'ok' } : { event: 'again', reason: started.summary }
}
