import type { Lifecycle } from '../lifecycle/lifecycle.ts'
import type { ControlReply } from './socket.ts'

/** Does what was asked of the running instance, and says what came of it. */
export async function answerRequest(lifecycle: Lifecycle, command: string): Promise<ControlReply> {
  if (command === 'stop') {
    lifecycle.stop('ww stop')
    return { ok: true, message: 'stopping' }
  }
  if (command === 'restart') {
    return lifecycle.restart('ww restart')
      ? { ok: true, message: 'restarting' }
      : { ok: false, message: 'the instance is not UP' }
  }
  if (command === 'monitor') {
    const result = await lifecycle.monitorNow()
    if (!result) return { ok: false, message: 'the instance is not UP' }
    return {
      ok: result.outcome === 'ok' || result.outcome === 'absent',
      message: result.summary,
      output: result.output,
    }
  }
  return { ok: false, message: `there is no command "${command}"` }
}
