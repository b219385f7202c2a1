import { sleep } from '../base/sleep.ts'
import { HookEnvironment } from '../hooks/environment.ts'
import { Pipes } from '../hooks/pipes.ts'
import { type HookRunner, runHook } from '../hooks/run.ts'
import type { HookCall, HookResult } from '../lifecycle/hook.ts'
import type { OpenLimit } from '../lifecycle/limit.ts'
import { Limits } from '../lifecycle/limits.ts'
import type { Session } from '../processes/session.ts'
import { onLastResort } from '../processes/signals.ts'
import { type DataHookResult, runFirstboot, runUpgrade } from './hook-data.ts'
import type { HookInstance } from './hook-instance.ts'

/** A hook that is to be run now; `ms` is its limit. */
export type HookRequest = {
  readonly name: string
  readonly args: readonly string[]
  readonly ms: number
  /** Run `firstboot` also where /data is initialised. */
  readonly force: boolean
}

/** The signals that end the hook, and then this command, by their numbers. */
export const endSignals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const

type EndSignal = keyof typeof endSignals

/** How a hook ended; `endedBy`: this command got that signal and ended it. */
export type HookRun = { readonly ended: DataHookResult; readonly endedBy: EndSignal | null }

/** How long a hook has to end after a second signal, in milliseconds: the kernel needs a moment. */
const longestReap = 250

/** Runs a hook as a child of this process, in a session of its own that ends with this process. */
export async function runNow(instance: HookInstance, request: HookRequest): Promise<HookRun> {
  const limits = new Limits({ now: () => performance.now(), sleep }, instance.settings)
  const left = new AbortController()
  const sessions = new Set<Session>()
  let endedBy: EndSignal | null = null
  let open: OpenLimit | null = null
  const end = (signal: EndSignal): void => {
    if (endedBy !== null) open?.bringForward({ end: 0, kill: 0, abandon: longestReap }, 'left')
    endedBy ??= signal
    left.abort()
  }
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const)
    process.on(signal, () => end(signal))
  onLastResort(() => {
    for (const session of sessions) session.signal('SIGKILL')
  })
  const runner = createRunner(instance, sessions)
  const call = (env: Readonly<Record<string, string>>): Promise<HookResult> =>
    limits.run('work', request.ms, left.signal, (limit) => {
      open = limit
      return runHook(runner, describeCall(instance, request, env), limit)
    })
  const ended = await runWithData(instance, request, { limits, left: left.signal, call })
  return { ended, endedBy: ended === null || ended.result.kind === 'aborted' ? endedBy : null }
}

function createRunner(instance: HookInstance, sessions: Set<Session>): HookRunner {
  const { env, directories, settings, bootId, cwd } = instance
  try {
    if (cwd !== null) process.chdir(cwd)
  } catch {
    // it was removed: the instance itself could not begin a hook there either
  }
  const environment = new HookEnvironment(env, directories, settings, bootId, false)
  return {
    hooks: directories.hooks,
    pipes: new Pipes([]),
    environment: (call) => environment.forCall(call),
    onSession: (session, running) => void (running ? sessions.add(session) : sessions.delete(session)),
  }
}

/** What the instance gives to its own calls of `lifecycle`, `drain` and `svcdown`, these get as well. */
function describeCall(
  { state, previous, reason }: HookInstance,
  { name, args, ms }: HookRequest,
  env: Readonly<Record<string, string>>,
): HookCall {
  const call = { name, args, state, previous, env }
  if (name === 'lifecycle')
    return { ...call, args: args.length > 0 ? args : [state], env: { ...env, WW_REASON: reason } }
  if (name !== 'drain' && name !== 'svcdown') return call
  return { ...call, env: { ...env, WW_REASON: 'ww hook', WW_TIME_LEFT: String(Math.floor(ms / 1000)) } }
}

async function runWithData(
  { directories: { data }, settings, bootId }: HookInstance,
  { name, ms, force }: HookRequest,
  {
    limits,
    left,
    call,
  }: {
    readonly limits: Limits
    readonly left: AbortSignal
    call(env: Readonly<Record<string, string>>): Promise<HookResult>
  },
): Promise<DataHookResult> {
  const info = (line: string): void => void process.stderr.write(`ww hook: ${line}\n`)
  const hook = { data, settings, bootId, force, limits, ms, left, info, run: call }
  if (name === 'firstboot') return runFirstboot(hook)
  return name === 'upgrade' ? runUpgrade(hook) : { result: await call({}), mark: '' }
}
