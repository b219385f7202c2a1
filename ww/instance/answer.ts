import { formatLimit } from '../base/text.ts'
import type { HookResult } from '../lifecycle/hook.ts'
import { judgeMonitor } from '../lifecycle/monitor.ts'
import type { ServiceAnswer, ServiceVerb } from '../lifecycle/service-command.ts'
import type { Visible } from '../lifecycle/world.ts'
import type { ControlReply, ControlRequest } from './control-message.ts'

/** What the command line needs of a running lifecycle. */
export type Steerable = {
  commandService(verb: ServiceVerb, name: string, wait: boolean): Promise<ServiceAnswer>
  stop(reason: string): 'begun' | 'forced' | 'ignored'
  restart(reason: string): boolean
  monitorNow(): Promise<HookResult | null>
  readonly visible: Visible
}

/** What a response needs besides the lifecycle. */
export type AnswerContext = {
  /** Reads the configuration again. */
  readonly reload: (wait: boolean) => Promise<ControlReply>
  /** A hook's result as a sentence. */
  readonly describeHook: (name: string, result: HookResult) => string
  /** How long a stop, a restart and a monitor may take, in milliseconds. */
  readonly limits: { readonly stop: number; readonly restart: number; readonly monitor: number }
}

/** Does what was requested of the running instance, and reports the result. */
export async function answerRequest(
  lifecycle: Steerable,
  { command, service, wait }: ControlRequest,
  { reload, describeHook, limits }: AnswerContext,
): Promise<ControlReply> {
  if (command === 'reload') return { ...(await reload(wait !== false)), limitMs: limits.restart }
  if (service !== undefined && command !== 'monitor')
    return lifecycle.commandService(command, service, wait !== false)
  if (command === 'start') return { ok: false, message: 'start needs the name of a service' }
  if (command === 'stop') return { ok: true, message: stop(lifecycle, limits.stop) }
  if (command === 'restart') {
    const begun = lifecycle.restart('ww restart')
    return begun ? { ok: true, message: 'restarting', limitMs: limits.restart } : refuse(lifecycle)
  }
  const { state } = lifecycle.visible
  if (state !== 'UP') return refuse(lifecycle)
  const running = lifecycle.monitorNow()
  if (wait === false) {
    running.catch(() => {})
    return { ok: true, message: 'monitor is running' }
  }
  const result = await running
  if (!result) return refuse(lifecycle)
  const output = 'output' in result ? result.output : ''
  return { ok: isHealthy(result), message: describeHook('monitor', result), output }
}

function stop(lifecycle: Steerable, limit: number): string {
  const result = lifecycle.stop('ww stop')
  if (result === 'begun') return `stopping: the instance ends within ${formatLimit(limit)}`
  return result === 'forced' ? 'stopping, forced: running hooks end at once' : 'stopping: forced before'
}

function refuse({ visible: { state, reason } }: Steerable): ControlReply {
  return { ok: false, message: `the instance is in ${state}, not UP: ${reason}` }
}

function isHealthy(result: HookResult): boolean {
  const { kind } = judgeMonitor(result)
  return kind === 'healthy' || kind === 'absent'
}
