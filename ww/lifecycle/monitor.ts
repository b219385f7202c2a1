import { parseRecord } from '../base/record.ts'
import { noteFailure } from './doing.ts'
import type { HookResult } from './hook.ts'
import type { Instance } from './instance.ts'
import type { MonitorRequests } from './monitor-requests.ts'
import { describeHook, hadNoRoom, refused, succeeded } from './outcome.ts'

/** How many failed monitors in a row an ERROR reports. */
const reportedFailures = 5

/** How often a monitor that fails before UP is run again, in milliseconds: the pause doubles up to the longest. */
const poll = { first: 200, longest: 5000 } as const

/**
 * What a monitor's result means. `absent`: there is no monitor. `refused`: it exited with 125. `unknown`: the machine had no
 * room for it, which is no reason to end a service that may be healthy.
 */
export type Health = {
  readonly kind: 'healthy' | 'absent' | 'unhealthy' | 'unknown' | 'refused' | 'aborted'
  readonly reason: string
  /** The JSON, when healthy; empty when it printed nothing. */
  readonly output: string
}

/** Judges a monitor's result: exit code 0 and one JSON object, or nothing, is healthy. */
export function judgeMonitor(result: HookResult): Health {
  const output = 'output' in result ? result.output.trim() : ''
  if (result.kind === 'absent') return { kind: 'absent', reason: 'no monitor hook', output: '' }
  if (result.kind === 'aborted') return { kind: 'aborted', reason: 'monitor was ended', output: '' }
  if (hadNoRoom(result)) return { kind: 'unknown', reason: describeHook('monitor', result), output }
  if (!succeeded(result)) {
    const reason = describeHook('monitor', result)
    return { kind: refused(result) ? 'refused' : 'unhealthy', reason, output }
  }
  if (output === '' || parseRecord(output) !== null)
    return { kind: 'healthy', reason: 'monitor passed', output }
  return { kind: 'unhealthy', reason: `monitor printed ${quote(output)}, which is not a JSON object`, output }
}

/** Runs the monitor once, and publishes and records its result. `ms` shortens its time limit. */
export async function runMonitor(
  instance: Instance,
  signal: AbortSignal,
  { nextAt, ms = instance.settings.timeouts.monitor }: { nextAt: number; ms?: number },
): Promise<{ health: Health; result: HookResult }> {
  const { world } = instance
  const result = await instance.runHook('monitor', signal, { capture: true, ms })
  const health = judgeMonitor(result)
  if (['absent', 'aborted', 'unknown'].includes(health.kind)) return { health, result }
  const ok = health.kind === 'healthy'
  if (!ok) {
    const reason = health.reason.replace(/^monitor /, '')
    noteFailure(instance, {
      name: 'monitor',
      reason,
      ms: 'ms' in result ? result.ms : null,
      output: health.output || null,
    })
  }
  const failure = health.output === '' ? health.reason : `${health.reason}: ${health.output}`
  world.publishMonitor({
    ok,
    output: ok ? health.output : failure,
    nextAt: world.date() + nextAt - world.now(),
  })
  instance.monitorFailures = ok ? [] : [...instance.monitorFailures, failure].slice(-reportedFailures)
  return { health, result }
}

/** Runs the monitor until it succeeds, refuses, the time is over or the signal is aborted: what UP waits for. */
export async function awaitHealth(
  instance: Instance,
  signal: AbortSignal,
  deadline: number,
  onFailure: (reason: string) => void,
): Promise<Health> {
  const { world, settings } = instance
  for (let pause: number = poll.first; ; pause = Math.min(pause * 2, poll.longest)) {
    const began = world.now()
    const ms = Math.min(settings.timeouts.monitor, Math.max(poll.first, deadline - began))
    const { health } = await runMonitor(instance, signal, { nextAt: began + settings.monitor.every, ms })
    if (health.kind === 'healthy')
      instance.firstMonitor = { output: health.output, nextAt: began + settings.monitor.every }
    const isOver = health.kind !== 'unhealthy' && health.kind !== 'unknown'
    if (isOver || signal.aborted || world.now() + pause >= deadline) return health
    onFailure(health.reason)
    await world.sleep(pause, signal)
    if (signal.aborted) return { kind: 'aborted', reason: 'monitor was ended', output: '' }
  }
}

/**
 * Runs the monitor at its interval, or when requested, until it has failed `ww.monitor.failures` times in a row or
 * refuses; what it prints when healthy is pushed. Null when the signal was aborted.
 */
export async function watchHealth(
  instance: Instance,
  requests: MonitorRequests,
  signal: AbortSignal,
): Promise<Health | null> {
  const { world, settings } = instance
  let nextAt = instance.firstMonitor?.nextAt ?? world.now()
  for (let failures = 0; ; ) {
    await world.sleep(Math.max(0, nextAt - world.now()), AbortSignal.any([signal, requests.wake]))
    if (signal.aborted) return null
    const respond = requests.take()
    nextAt = world.now() + settings.monitor.every
    const { health, result } = await runMonitor(instance, signal, { nextAt })
    respond(health.kind === 'aborted' ? null : result)
    if (health.kind === 'aborted') return null
    if (health.kind === 'healthy' && health.output !== '') world.pushStats(health.output)
    if (health.kind === 'refused') return health
    if (health.kind === 'unknown') {
      world.warn(`${health.reason}; whether the service is healthy is unknown until the next one`)
      continue
    }
    failures = health.kind === 'unhealthy' ? failures + 1 : 0
    if (failures >= settings.monitor.failures) return health
    if (failures > 0)
      world.warn(`${health.reason} (${failures} of ${settings.monitor.failures} before a restart)`)
  }
}

function quote(text: string): string {
  const [line = ''] = text.split('\n')
  return JSON.stringify(line.length > 100 ? `${line.slice(0, 100)}…` : line)
}
