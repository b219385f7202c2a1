import { formatDuration, formatLimit } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import { whileDoing } from './doing.ts'
import type { HookResult } from './hook.ts'
import type { Instance } from './instance.ts'
import { type Health, watchHealth } from './monitor.ts'
import type { MonitorRequests } from './monitor-requests.ts'
import { describeHook, refused } from './outcome.ts'
import { reportTrouble } from './report.ts'
import { decideRestart } from './restart-policy.ts'
import type { ServiceTrouble } from './service-parts.ts'
import { startServices } from './start.ts'
import { stopServices } from './stop.ts'

type Result = Promise<Outcome<LifecycleEvent>>

/** UP: watches the monitor and the services, and runs the schedules, until something fails. */
export async function up(instance: Instance, requests: MonitorRequests, signal: AbortSignal): Result {
  const { world, firstMonitor, limits } = instance
  const since = world.now()
  instance.serving = true
  if (firstMonitor !== null && firstMonitor.output !== '') world.pushStats(firstMonitor.output)
  const over = new AbortController()
  const inner = AbortSignal.any([signal, over.signal])
  const health = watchHealth(instance, requests, inner)
  const schedules = world.runSchedules(
    (name, ms, running) =>
      limits.run('work', ms, running, (limit) => world.runHook({ ...instance.callContext(), name }, limit)),
    inner,
  )
  const settle = async (): Promise<void> => {
    over.abort()
    await Promise.allSettled([health, schedules])
    requests.take()(null)
    // a bug in either of them is one, also when it came second
    await Promise.all([health, schedules])
  }
  const trouble = instance.services?.trouble ?? new Promise<never>(() => {})
  const first = await Promise.race([health, trouble]).catch(() => null)
  // left from outside: `serving` stays, since whoever left it has to drain
  if (signal.aborted || first === null) {
    await settle()
    return { event: 'unhealthy' }
  }
  const outcome = leaveUp(instance, first, world.now() - since)
  // what still runs may take a while to end, and the instance is not ready meanwhile
  reportTrouble(instance, outcome)
  await settle()
  return outcome
}

/** What a failure in UP leads to; there is nothing left to drain. */
function leaveUp(instance: Instance, first: Health | ServiceTrouble, upFor: number): Outcome<LifecycleEvent> {
  instance.serving = false
  const { reason } = first
  const final = 'final' in first ? first.final : first.kind === 'refused'
  return final ? { event: 'failed', reason } : planRestart(instance, 'unhealthy', reason, upFor)
}

/** RESTARTING: stops the services, waits for the back-off, and starts them again, as warm as after a boot. */
export async function restart(instance: Instance, signal: AbortSignal): Result {
  const { world, plannedRestart } = instance
  const began = world.now()
  instance.plannedRestart = null
  const down = await stopServices(instance)
  if (down && refused(down)) return { event: 'failed', reason: describeHook('svcdown', down) }
  if (plannedRestart) {
    const { delay: ms } = plannedRestart
    const step = { kind: 'backoff', what: 'the back-off', ms, setting: null } as const
    await whileDoing(instance, step, () => world.sleep(ms, signal))
  }
  if (signal.aborted) return { event: 'failed', reason: 'the services were not started' }
  const start = await startServices(instance, signal)
  if (start.ready) return { event: 'ok', reason: start.reason, facts: [formatDuration(world.now() - began)] }
  if (start.final || signal.aborted) return { event: 'failed', reason: start.reason, facts: start.facts }
  return planRestart(instance, 'again', start.reason, 0)
}

/** Asks the restart policy: the event of a restart, or `exhausted`. */
function planRestart(
  instance: Instance,
  event: 'unhealthy' | 'again',
  reason: string,
  upFor: number,
): Outcome<LifecycleEvent> {
  const { world, settings } = instance
  const { limit, window } = settings.restart
  const within = `within ${formatLimit(window)}`
  const decision = decideRestart(
    instance.restartHistory,
    { now: world.now(), upFor, random: world.random() },
    settings.restart,
  )
  if (decision.kind === 'exhausted')
    return { event: 'exhausted', reason: `${reason}, restart limit exceeded`, facts: [`${limit} ${within}`] }
  const { delay, history, recent } = decision
  instance.restartHistory = history
  instance.plannedRestart = { delay, attempt: history.attempt }
  const facts = [`restart ${recent} of ${limit} ${within}`]
  return { event, reason, facts: delay > 0 ? [...facts, `next start in ${formatDuration(delay)}`] : facts }
}

/** Runs the hook that applies a changed configuration; leaving UP does not end it, only a stop does. */
export function runReload(instance: Instance, keyPaths: readonly string[]): Promise<HookResult> {
  return instance.runHook('reload', new AbortController().signal, { args: keyPaths })
}
