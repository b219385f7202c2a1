import { formatDuration, formatLimit } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import { decideRestart } from './restart-policy.ts'
import { untilAborted } from './service-activities.ts'
import type { ServiceEvent } from './service-chart.ts'
import { endLeftover } from './service-end.ts'
import type { ServiceUnit } from './service-unit.ts'

/** FAILED: what is essential is left to the instance; another service is started again by itself. */
export async function recover(unit: ServiceUnit, signal: AbortSignal): Promise<Outcome<ServiceEvent>> {
  const { name, final, reason, parts } = unit
  const { world } = parts.instance
  const retry = { event: 'retry', reason: '' } as const
  // an essential one is ended with all the others
  if (!unit.essential) await endLeftover(unit)
  if (final && !unit.essential) world.warn(`${name}: ${reason}`)
  if (final || unit.essential) return untilAborted(signal, retry)
  const { delay, count } = planRestart(unit)
  const soon = delay > 0 ? `, next start in ${formatDuration(delay)}` : ''
  world.warn(`${name}: ${reason} (${count}${soon})`)
  if (delay > 0) {
    unit.nextStartAt = world.date() + delay
    unit.show(reason)
    await world.sleep(delay, signal)
  }
  return retry
}

/** The restart policy of the instance, for this service alone; past the limit it is still tried, as rarely as allowed. */
function planRestart({ parts, readyAt }: ServiceUnit): { delay: number; count: string } {
  const { instance, record } = parts
  const { world, settings } = instance
  const { limit, window, backoffMax } = settings.restart
  const now = world.now()
  const upFor = readyAt === null ? 0 : now - readyAt
  const decision = decideRestart(record.history, { now, upFor, random: world.random() }, settings.restart)
  const within = `within ${formatLimit(window)}`
  if (decision.kind === 'exhausted')
    return { delay: backoffMax, count: `restart limit exceeded: ${limit} ${within}` }
  record.history = decision.history
  return { delay: decision.delay, count: `restart ${decision.recent} of ${limit} ${within}` }
}
