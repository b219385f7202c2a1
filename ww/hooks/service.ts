import { sleep } from '../base/sleep.ts'
import type { HookCall, ProcessEnd, Service, ServiceStop } from '../lifecycle/hook.ts'
import { plainLogs } from '../logs/logs.ts'
import { Session } from '../processes/session.ts'
import { spawn } from '../processes/spawn.ts'
import { inspectHook } from './file.ts'
import type { HookRunner } from './run.ts'

/** Starts a `serve` hook: a foreground service in its own session. */
export function startService(
  runner: Pick<HookRunner, 'hooks' | 'environment' | 'onSession' | 'logs'>,
  name: string,
  call: Omit<HookCall, 'name'>,
  stopSignal: NodeJS.Signals,
): Service {
  const path = `${runner.hooks}/${name}`
  const env = runner.environment({ ...call, name })
  const file = inspectHook(path, () => env.PATH)
  if (file.kind === 'broken') return describeUnstarted(name, { kind: 'unrunnable', reason: file.reason })
  const { logs = plainLogs } = runner
  const { pid, ended } = spawn(path, call.args ?? [], { ...logs.outputsOf(name), env })
  void ended.then(() => logs.ended(name))
  if (pid === null) return describeUnstarted(name, ended)
  const session = new Session(pid, ended)
  runner.onSession?.(session, true)
  // what it leaves behind still belongs to it, and is ended by its stop
  const forget = (): void => {
    if (session.isGone()) runner.onSession?.(session, false)
  }
  void ended.then(forget)
  return {
    name,
    pid,
    ended,
    async stop(limit): Promise<ServiceStop> {
      // only the main process first: servers such as PostgreSQL and nginx end their own workers in good order
      session.signalLeader(stopSignal)
      await endOrLimit(ended, limit.kill)
      const stop = session.isGone() ? { killed: false, abandoned: false } : await session.end(limit)
      forget()
      return stop
    },
  }
}

function describeUnstarted(name: string, end: ProcessEnd | Promise<ProcessEnd>): Service {
  const stop = async (): Promise<ServiceStop> => ({ killed: false, abandoned: false })
  return { name, pid: null, ended: Promise.resolve(end), stop }
}

async function endOrLimit(ended: Promise<unknown>, limit: AbortSignal): Promise<void> {
  const over = new AbortController()
  await Promise.race([ended, sleep(2 ** 30, AbortSignal.any([limit, over.signal]))])
  over.abort()
}
