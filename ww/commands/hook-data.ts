import { UserError } from '../base/errors.ts'
import type { Settings } from '../config/settings.ts'
import { lockData } from '../data/data-lock.ts'
import { DataMarks } from '../data/marks.ts'
import type { HookResult } from '../lifecycle/hook.ts'
import type { Limits } from '../lifecycle/limits.ts'
import { succeeded } from '../lifecycle/outcome.ts'
import { isOlder } from '../lifecycle/version.ts'
import type { DataLock, DataState } from '../lifecycle/world.ts'

/** A hook that changes /data, and what it needs to do that as a boot does. */
export type DataHook = {
  readonly data: string
  readonly settings: Pick<Settings, 'instance' | 'version' | 'allowDowngrade'>
  readonly bootId: string
  /** Run `firstboot` also where /data is initialised. */
  readonly force: boolean
  readonly limits: Pick<Limits, 'run'>
  /** How long the lock is waited for, in milliseconds. */
  readonly ms: number
  readonly left: AbortSignal
  info(line: string): void
  /** Runs the hook with this added to its environment. */
  run(env: Readonly<Record<string, string>>): Promise<HookResult>
}

/** How the hook ended, and what that means for /data; null when the lock was not waited for any longer. */
export type DataHookResult = { readonly result: HookResult; readonly mark: string } | null

/** Runs `firstboot` under the lock on /data, and marks /data when it has succeeded. */
export function runFirstboot(hook: DataHook): Promise<DataHookResult> {
  const marks = new DataMarks(hook.data)
  return withLock(hook, 'initialise', marks, async (data) => {
    // to be run again with force, it finds all of the data, not what an unfinished one left
    const env = data.kind === 'fresh' && data.interrupted ? { WW_FIRSTBOOT_RETRY: '1' } : {}
    throwProblem(marks.begin(hook.bootId))
    const result = await hook.run(env)
    if (!succeeded(result)) {
      const mark = data.kind === 'initialised' ? 'stays marked' : 'is not marked'
      return { result, mark: `${hook.data} ${mark} as initialised` }
    }
    throwProblem(marks.complete(hook.settings.version, hook.bootId))
    return { result, mark: `${hook.data} is marked as initialised` }
  })
}

/** Runs `upgrade` under the lock on /data with both versions, and records the version when it has succeeded. */
export function runUpgrade(hook: DataHook): Promise<DataHookResult> {
  const marks = new DataMarks(hook.data)
  const { version } = hook.settings
  return withLock(hook, 'upgrade', marks, async (data) => {
    const previous = data.kind === 'initialised' ? data.version : ''
    const result = await hook.run({ WW_PREVIOUS_VERSION: previous })
    if (!succeeded(result) || version === '' || version === previous) return { result, mark: '' }
    throwProblem(marks.complete(version, hook.bootId))
    return { result, mark: `${hook.data} is marked as upgraded to ${version}` }
  })
}

/** The state of /data may change while the lock is waited for, so that it decides before and after that. */
async function withLock(
  hook: DataHook,
  verb: 'initialise' | 'upgrade',
  marks: DataMarks,
  work: (data: DataState) => Promise<DataHookResult>,
): Promise<DataHookResult> {
  const refuse = verb === 'initialise' ? refuseFirstboot : refuseUpgrade
  throwProblem(refuse(marks.inspect(), hook))
  const lock = await takeLock(hook, verb)
  if (lock === null) return null
  try {
    const data = marks.inspect()
    throwProblem(refuse(data, hook))
    return await work(data)
  } finally {
    lock.release()
  }
}

async function takeLock(
  { data, settings, limits, ms, left, info }: DataHook,
  verb: 'initialise' | 'upgrade',
): Promise<DataLock | null> {
  const user = { instance: settings.instance, verb }
  const locked = await limits.run('wait', ms, left, (limit) => lockData(data, user, limit, { info }))
  if (locked.kind === 'failed') throw new UserError(locked.reason)
  return locked.kind === 'locked' ? locked.lock : null
}

function refuseFirstboot(state: DataState, { data, force }: DataHook): string | null {
  if (state.kind === 'unusable') return state.reason
  if (state.kind === 'fresh' || force) return null
  const version = state.version === '' ? '' : ` (version ${state.version})`
  return `cannot run firstboot: ${data} is initialised${version}; to run it all the same, add --force`
}

function refuseUpgrade(state: DataState, { data, settings }: DataHook): string | null {
  if (state.kind === 'unusable') return state.reason
  if (state.kind === 'fresh')
    return `cannot run upgrade: ${data} is not initialised; run ww hook firstboot first`
  if (settings.allowDowngrade || !isOlder(settings.version, state.version)) return null
  const fix = 'use the newer image or set ww.allow_downgrade'
  return `cannot run upgrade: version ${state.version} used ${data} last, this image is ${settings.version}; ${fix}`
}

function throwProblem(problem: string | null): void {
  if (problem !== null) throw new UserError(problem)
}
