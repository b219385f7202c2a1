import { sleep } from '../base/sleep.ts'
import type { ServiceLookups } from '../config/service-lookups.ts'
import type { ServiceSettings } from '../config/services-kind.ts'
import type { HookCall, ProcessEnd, Service, ServiceStop } from '../lifecycle/hook.ts'
import type { RunningService } from '../probe/service-probes.ts'
import { findUser, type UserAccount } from '../processes/account.ts'
import { Session } from '../processes/session.ts'
import type { SpawnOptions } from '../processes/spawn.ts'
import { isOther } from '../processes/start-as.ts'
import { inspectHook } from './file.ts'
import type { HookRunner } from './run.ts'
import { findDirectoryProblem, spawnService } from './service-process.ts'

/** What starting services needs to know. */
export type ServiceRunner = Pick<HookRunner, 'hooks' | 'environment' | 'onSession'> & {
  /** Logs a warning about a service; the same one may come at each of its starts. */
  warn(line: string): void
  /** Where services that run as other users find the configuration; without it, `ww cfg` fails in them. */
  readonly lookups?: Pick<ServiceLookups, 'admit'>
  /** Makes what a service needs beside its hook, and returns variables for it; `other`: the user, where it is another. */
  prepare?(name: string, other: UserAccount | null): Readonly<Record<string, string>>
  /** Called when it runs, with how it was started. */
  started?(name: string, how: RunningService): void
  /** Where the output of a service goes; without it, to the container's. */
  output?(name: string): Pick<SpawnOptions, 'stdout' | 'stderr'>
}

/** Starts a `serve` hook: a foreground service in its own session, with the settings of its name. */
export function startService(
  runner: ServiceRunner,
  name: string,
  call: Omit<HookCall, 'name'>,
  settings: ServiceSettings,
): Service {
  const user = findServiceUser(name, settings)
  if (typeof user === 'string') return describeUnstarted(name, unrunnable(user))
  const problem = settings.cwd === null ? null : findDirectoryProblem(settings.cwd)
  if (problem !== null) {
    const fix = `create it in the image, or correct ww.services.${name}.cwd`
    return describeUnstarted(name, unrunnable(`${problem}; ${fix}`))
  }
  const path = `${runner.hooks}/${name}`
  const other = user !== null && isOther(user) ? user : null
  const env: NodeJS.ProcessEnv = {
    ...runner.environment({ ...call, name }),
    ...(user === null ? {} : { HOME: user.home, USER: user.name, LOGNAME: user.name }),
    ...(other === null ? {} : admit(runner, name, other)),
    ...runner.prepare?.(name, other),
    ...settings.env,
  }
  const file = inspectHook(path, () => env.PATH)
  if (file.kind === 'broken') return describeUnstarted(name, unrunnable(file.reason))
  const output = runner.output?.(name) ?? { stdout: 'inherit' }
  const program = { file: path, args: call.args ?? [], env, user: other, output }
  const { pid, ended } = spawnService(program, settings, (line) => runner.warn(`${name}: ${line}`))
  if (pid === null) return describeUnstarted(name, ended)
  const { cwd } = settings
  runner.started?.(name, {
    ...{ env, ended },
    ...(cwd === null ? {} : { cwd }),
    ...(other === null ? {} : { user: other }),
  })
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
      session.signalLeader(settings.signal)
      await endOrLimit(ended, limit.kill)
      const stop = await session.end(limit)
      forget()
      return stop
    },
  }
}

/** The user of a service; null when it has none of its own; otherwise why it cannot run as that. */
function findServiceUser(name: string, { user }: ServiceSettings): UserAccount | null | string {
  if (user === null) return null
  const setting = `ww.services.${name}.user`
  const found = findUser(user)
  if (found === null) return `there is no user ${user}; add it to the image, or correct ${setting}`
  if (!isOther(found) || process.geteuid?.() === 0) return found
  const problem = `cannot run as user ${user}: the instance runs as user ${process.geteuid?.()}`
  return `${problem}; start the container as root, or remove ${setting}`
}

/** Variables by which a service of another user finds the configuration; it starts without them, too. */
function admit({ lookups, warn }: ServiceRunner, name: string, { uid }: UserAccount): Record<string, string> {
  const admission = lookups?.admit(uid) ?? { variables: {} }
  if ('variables' in admission) return admission.variables
  warn(`${name}: ww cfg fails in it: ${admission.problem}`)
  return {}
}

function unrunnable(reason: string): ProcessEnd {
  return { kind: 'unrunnable', reason }
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
