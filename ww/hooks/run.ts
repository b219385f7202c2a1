import type { HookCall, HookResult, ProcessEnd } from '../lifecycle/hook.ts'
import type { Limit } from '../lifecycle/limit.ts'
import { type Logs, type Outputs, plainLogs } from '../logs/logs.ts'
import { Session } from '../processes/session.ts'
import { type Spawned, spawn, spawnWithInput } from '../processes/spawn.ts'
import type { Capture } from './capture.ts'
import { inspectHook } from './file.ts'
import type { Pipes } from './pipes.ts'

/** What running hooks needs to know. */
export type HookRunner = {
  /** The directory of the hooks. */
  readonly hooks: string
  readonly pipes: Pipes
  /** Where output goes that is not captured; the container's own streams by default. */
  readonly logs?: Pick<Logs, 'outputsOf' | 'ended'>
  environment(call: HookCall): NodeJS.ProcessEnv
  /** Called with each session when it begins, and again when it has ended. */
  onSession?(session: Session, running: boolean): void
}

/** Why a hook was ended before it was done. */
type Cut = 'timedOut' | 'aborted' | 'flooded'

/** How often captured output is read, in milliseconds; the pipe holds 64 KiB meanwhile. */
const readInterval = 15

/**
 * Runs a hook in a session of its own. At the end of its limit all of that session is ended; what a hook that ends by
 * itself leaves behind stays. Its output goes where the format of the log has it go, unless it is captured.
 */
export async function runHook(runner: HookRunner, call: HookCall, limit: Limit): Promise<HookResult> {
  const path = `${runner.hooks}/${call.name}`
  let made: NodeJS.ProcessEnv | null = null
  const environment = (): NodeJS.ProcessEnv => {
    made ??= runner.environment(call)
    return made
  }
  const file = inspectHook(path, () => environment().PATH)
  if (file.kind === 'blank') return { kind: 'absent' }
  if (file.kind === 'broken') return unrunnable(file.reason)
  if (limit.end.aborted) return notBegun
  const capture = call.capture ? await runner.pipes.open() : null
  try {
    if (limit.end.aborted) return notBegun
    const begun = performance.now()
    const { logs = plainLogs } = runner
    const { stdout, stderr } = logs.outputsOf(call.name)
    const options = { stdout: capture?.stdout ?? stdout, stderr, env: environment() }
    const child = await begin(path, call, options)
    void child.ended.then(() => logs.ended(call.name))
    capture?.begin(child)
    const result = await watch(runner, child, capture, limit)
    return { ...result, ms: Math.round(performance.now() - begun) }
  } finally {
    capture?.close()
  }
}

const notBegun: HookResult = { kind: 'aborted', ms: 0, abandoned: false }

function unrunnable(reason: string): HookResult {
  return { kind: 'ended', end: { kind: 'unrunnable', reason }, ms: 0, output: '' }
}

async function begin(
  path: string,
  { args = [], input }: HookCall,
  options: {
    readonly stdout: Capture['stdout'] | Outputs['stdout']
    readonly stderr: Outputs['stderr']
    readonly env: NodeJS.ProcessEnv
  },
): Promise<Spawned> {
  return input === undefined ? spawn(path, args, options) : spawnWithInput(path, args, { ...options, input })
}

async function watch(
  runner: HookRunner,
  child: Spawned,
  capture: Capture | null,
  limit: Limit,
): Promise<Exclude<HookResult, { kind: 'absent' }>> {
  if (child.pid === null) return { kind: 'ended', end: await child.ended, ms: 0, output: '' }
  const session = new Session(child.pid, child.ended)
  runner.onSession?.(session, true)
  const flood = new AbortController()
  const reading =
    capture === null ? undefined : setInterval(() => capture.read() && flood.abort(), readInterval)
  try {
    const end = await endOrCut(child, capture, limit, flood.signal)
    if (typeof end !== 'string') return { kind: 'ended', end, ms: 0, output: capture?.text ?? '' }
    // one that floods does not get the time to end by itself
    const kill = AbortSignal.any([limit.kill, flood.signal])
    const { abandoned } = await session.end({ kill, abandon: limit.abandon })
    await capture?.readRest()
    if (end !== 'timedOut') return { kind: end, ms: 0, abandoned }
    return { kind: end, limit: limit.ms, ms: 0, abandoned, output: capture?.text ?? '' }
  } finally {
    clearInterval(reading)
    runner.onSession?.(session, false)
  }
}

/** Resolves with how the hook ended, or with why it has to be ended, whichever comes first. */
function endOrCut(
  child: Spawned,
  capture: Capture | null,
  limit: Limit,
  flood: AbortSignal,
): Promise<ProcessEnd | Cut> {
  return new Promise((resolve) => {
    const settle = (result: ProcessEnd | Cut): void => {
      limit.end.removeEventListener('abort', cut)
      resolve(result)
    }
    const cut = (): void => settle(limit.cause === 'left' ? 'aborted' : 'timedOut')
    limit.end.addEventListener('abort', cut)
    if (limit.end.aborted) cut()
    flood.addEventListener('abort', () => settle('flooded'))
    void child.ended.then(async (end) => {
      await capture?.readRest()
      settle(capture?.read() ? 'flooded' : end)
    })
  })
}
