import { formatDuration } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import type { ProcessEnd, Service } from './hook.ts'
import { describeProcessEnd, describeResult, refused, refusesRestart, succeeded } from './outcome.ts'
import type { ServiceEvent } from './service-chart.ts'
import { endLeftover } from './service-end.ts'
import type { ServiceUnit } from './service-unit.ts'

type Result = Promise<Outcome<ServiceEvent>>

/** What ended the wait for a process: its end, or what its readiness probe says; null while that is fine. */
type First = { readonly end: ProcessEnd } | string | null

/** A wait that only a stop ends, in milliseconds. */
const unlimited = 2 ** 30

/** WAITING: for the services that it is after. */
export async function waitForOthers(unit: ServiceUnit, signal: AbortSignal): Result {
  const { settings, awaitOthers } = unit.parts
  if (settings.after.length > 0) unit.show(`waiting for ${settings.after.join(', ')}`)
  await awaitOthers(signal)
  return { event: 'begin', reason: '' }
}

/** STARTING: starts the process and waits until it is ready; without `ready`, it is as soon as it runs. */
export async function start(unit: ServiceUnit, signal: AbortSignal): Result {
  const { instance, settings, record } = unit.parts
  const { world, limits } = instance
  await endLeftover(unit)
  record.starts += 1
  unit.startedAt = world.now()
  unit.readyAt = null
  unit.running = world.startService(unit.name, instance.callContext())
  const { running } = unit
  // its pid, while it is not ready yet
  if (settings.ready !== null) unit.show('')
  const first = await firstOf(running, signal, (over) =>
    settings.ready === null
      ? Promise.resolve(null)
      : limits.run('wait', unlimited, over, (limit) => world.awaitServiceReady(running, limit, showOn(unit))),
  )
  if (typeof first === 'object' && first !== null) return judge(unit, first.end)
  if (settings.ready === null) return { event: 'ready', reason: '' }
  return { event: 'ready', reason: `ready after ${formatDuration(world.now() - unit.startedAt)}` }
}

/** STARTING of a one-shot: runs it. */
export async function runOnce(unit: ServiceUnit, signal: AbortSignal): Result {
  const { instance, record } = unit.parts
  const { world, limits, settings } = instance
  record.starts += 1
  const result = await limits.run('work', settings.timeouts.svcup, signal, (limit) =>
    world.runOneshot(unit.name, instance.callContext(), limit),
  )
  if (result.kind === 'absent' || succeeded(result)) return { event: 'done', reason: '' }
  unit.final = refused(result)
  return { event: 'failed', reason: describeResult(result) }
}

/** READY: until the process ends, or its probe says that it is no longer ready. */
export async function watch(unit: ServiceUnit, signal: AbortSignal): Result {
  const { running, parts } = unit
  const { world } = parts.instance
  if (running === null) throw new Error(`${unit.name} is ready without a process`)
  unit.readyAt = world.now()
  const first = await firstOf(running, signal, (over) =>
    parts.settings.ready === null
      ? untilAborted(over, null)
      : world.watchServiceReady(running, over, showOn(unit)),
  )
  if (typeof first === 'object' && first !== null) return judge(unit, first.end)
  return { event: 'unready', reason: `is no longer ready: ${first ?? ''}` }
}

/** Resolves when the signal is aborted; what it resolves with then counts for nothing. */
export function untilAborted<T>(signal: AbortSignal, value: T): Promise<T> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(value)
    signal.addEventListener('abort', () => resolve(value))
  })
}

/** The end of the process or what the other wait says, whichever comes first; the other wait is then over. */
async function firstOf(
  running: Service,
  signal: AbortSignal,
  wait: (over: AbortSignal) => Promise<string | null>,
): Promise<First> {
  const over = new AbortController()
  const ended = running.ended.then((end) => ({ end }))
  const first = await Promise.race([ended, wait(AbortSignal.any([signal, over.signal]))])
  over.abort()
  return first
}

/** Shows what a probe reports, when that is new. */
function showOn(unit: ServiceUnit): (text: string) => void {
  return (text) => {
    if (text !== '' && text !== unit.reason) unit.show(text)
  }
}

function judge(unit: ServiceUnit, end: ProcessEnd): Outcome<ServiceEvent> {
  unit.leftover = unit.running
  unit.running = null
  unit.end = end
  unit.final = refusesRestart(end)
  const isDone = unit.parts.settings.onExit === 'stop' && end.kind === 'exited' && end.code === 0
  return { event: isDone ? 'done' : 'failed', reason: describeProcessEnd(end) }
}
