import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import { isLoopback } from '../http/loopback.ts'
import { signalProcess } from '../processes/list.ts'
import { findListeners, findOwner } from '../processes/port-holder.ts'
import { Session } from '../processes/session.ts'
import { spawn } from '../processes/spawn.ts'
import { ping } from './ping.ts'
import type { TargetConfig } from './target/config.ts'
import type { SupervisorWorld } from './target/world.ts'
import { TargetGroups } from './target-groups.ts'
import { TargetProcesses } from './target-processes.ts'

/** The supervisor's door to this machine; `notes` is the file that tells the next one whose processes are whose. */
export function createSupervisorWorld(env: NodeJS.ProcessEnv, log: Log, notes: string): SupervisorWorld {
  const processes = new TargetProcesses(env, new TargetGroups(notes))
  return {
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    sleep,
    info: log.info,
    warn: log.warn,
    ping,
    spawn: (target) => processes.start(target),
    ownPids: (url) => processes.pidsOf(url),
    signal(pids, name) {
      for (const pid of pids) signalProcess(pid, name)
    },
    askToEnd: (target, signal) =>
      target.stop === null
        ? askByHttp(target, signal)
        : runStop(target.stop, target, processes.contextOf(target), signal),
    portHolder: findHolder,
  }
}

async function askByHttp({ url, timeout }: TargetConfig, signal: AbortSignal): Promise<boolean> {
  const { code } = await ping(new URL('/kill', url).href, timeout, signal)
  return code !== null && code >= 200 && code < 300
}

async function runStop(
  command: string,
  { stopLimit }: TargetConfig,
  context: ReturnType<TargetProcesses['contextOf']>,
  signal: AbortSignal,
): Promise<boolean> {
  // without the mark, or it would itself be taken for the target
  const { WW_TARGET: _, ...env } = context.env
  const { pid, ended } = spawn('/bin/sh', ['-c', command], { ...context, stdout: 'inherit', env })
  const over = new AbortController()
  const late = sleep(stopLimit, AbortSignal.any([signal, over.signal])).then(() => null)
  const end = await Promise.race([ended, late])
  over.abort()
  if (end === null && pid !== null) {
    const kill = AbortSignal.any([signal, AbortSignal.timeout(1000)])
    await new Session(pid, ended).end({ kill, abandon: AbortSignal.timeout(2000) })
  }
  return end?.kind === 'exited' && end.code === 0
}

function findHolder(url: string): string | null {
  const { hostname, port, protocol } = new URL(url)
  // what another machine's ports do cannot be seen from here
  if (!isLoopback(hostname)) return null
  const listeners = findListeners(Number(port) || (protocol === 'https:' ? 443 : 80))
  if (listeners.size === 0) return null
  const owner = findOwner(listeners)
  return owner ? `${owner.name} (pid ${owner.pid})` : 'a process that this user cannot see'
}
