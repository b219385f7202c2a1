import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import type { Instance } from './instance.ts'
import { stopServices, timed } from './services.ts'

type Result = Promise<Outcome<LifecycleEvent>>

/** STOPPING and FAILING: takes the services down. */
export async function takeDown(instance: Instance, signal: AbortSignal): Result {
  await stopServices(instance, signal, instance.cameFrom === 'UP')
  return { event: 'done' }
}

/** SWEEPING and KILLING: ends what is left in the container; KILLING has no patience. */
export async function sweepLeftovers(instance: Instance, patience: number): Result {
  const { world, stopBy, settings } = instance
  const left = stopBy === null ? patience : stopBy - world.now() - settings.stop.announce
  const report = await timed(instance, 'sweep', () => world.sweep(Math.max(0, Math.min(patience, left))))
  instance.killed.push(...report.killed)
  return { event: 'done' }
}

/** ERROR: sweeps, unless the container is held for inspection, and waits for the last announcement. */
export async function endInError(instance: Instance): Promise<void> {
  const { onError, stop } = instance.settings
  if (onError === 'exit') await sweepLeftovers(instance, stop.sweep)
  await tellTheEnd(instance)
}

/** STOPPED: waits until this last announcement has been told, within what is left of the grace. */
export async function tellTheEnd(instance: Instance): Promise<void> {
  const { world, settings } = instance
  const limit =
    instance.stopBy === null
      ? settings.stop.grace
      : Math.max(settings.stop.announce / 2, instance.stopBy - world.now())
  await timed(instance, 'last announcement', () => world.settleAnnouncements(limit))
}

/** Where the time of stopping went and what had to be killed, in one line. */
export function summariseStop(instance: Instance): string {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
  const steps = instance.stopSteps.filter(({ ms }) => ms >= 1).map(({ name, ms }) => `${name} ${seconds(ms)}`)
  const total = instance.stopSteps.reduce((sum, { ms }) => sum + ms, 0)
  const where = steps.length > 0 ? ` (${steps.join(', ')})` : ''
  const killed =
    instance.killed.length > 0 ? `had to kill ${instance.killed.join(', ')}` : 'nothing had to be killed'
  return `stopped in ${seconds(total)}${where}; ${killed}`
}
