import { formatDuration } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import type { Service } from './hook.ts'
import type { ServiceEvent } from './service-chart.ts'
import type { ServiceUnit } from './service-unit.ts'

/** Ends the process of a service, for whichever next state; the reason stays the one for which it is ended. */
export async function endOnce(unit: ServiceUnit): Promise<Outcome<ServiceEvent>> {
  const { running, reason } = unit
  if (running !== null) await endProcess(unit, running)
  unit.running = null
  await endLeftover(unit)
  return { event: 'gone', reason }
}

/** Ends what a process that ended by itself has left behind: the next one needs its port. */
export async function endLeftover(unit: ServiceUnit): Promise<void> {
  const { leftover } = unit
  if (leftover === null) return
  await endProcess(unit, leftover)
  unit.leftover = null
}

/** By its own signal first, and within what a stop leaves for that. */
async function endProcess({ parts, name }: ServiceUnit, running: Service): Promise<void> {
  const { instance, settings: own } = parts
  const { world, settings, limits } = instance
  const began = world.now()
  const step = world.hasHook('svcdown') && !instance.forced ? 'services' : 'servicesAlone'
  const { killed, abandoned } = await limits.run(step, settings.timeouts.svcdown, null, (limit) =>
    running.stop(limit),
  )
  const { pid } = running
  const spent = formatDuration(world.now() - began)
  if (killed) instance.killed.push(name)
  if (abandoned) world.warn(`${name}: SIGKILL did not end it (pid ${pid}), abandoned after ${spent}`)
  else if (killed) world.warn(`${name}: ignored ${own.signal} for ${spent}, sent SIGKILL (pid ${pid})`)
}
