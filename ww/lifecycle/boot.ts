import type { Outcome } from '../chart/machine.ts'
import type { LimitedHook } from '../config/settings.ts'
import type { LifecycleEvent } from './chart.ts'
import { whileDoing } from './doing.ts'
import type { Instance } from './instance.ts'
import { outcomeOf, succeeded } from './outcome.ts'
import { isOlder } from './version.ts'

type Result = Promise<Outcome<LifecycleEvent>>

/** BOOT: prepares the image, then finds out whether /data is fresh. */
export async function boot(instance: Instance, signal: AbortSignal): Result {
  const prepared = await instance.runHook('boot', signal)
  if (!succeeded(prepared)) return outcomeOf('boot', prepared)
  const { world, settings } = instance
  const data = world.inspectData()
  switch (data.kind) {
    case 'unusable': {
      // an image that persists nothing needs no /data
      const needed = (['firstboot', 'upgrade'] as const).filter((hook) => world.hasHook(hook))
      if (needed.length > 0)
        return { event: 'failed', reason: data.reason, facts: [`needed by ${needed.join(' and ')}`] }
      return { event: 'initialised', reason: 'no hook needs /data', facts: [data.reason] }
    }
    case 'fresh':
      return { event: 'fresh', reason: '/data is not initialised' }
    case 'initialised': {
      const { version } = settings
      if (!isOlder(version, data.version) || settings.allowDowngrade)
        return { event: 'initialised', reason: '/data is initialised' }
      const fix = 'use the newer image or set ww.allow_downgrade'
      const reason = `cannot use /data: version ${data.version} used it last, this image is ${version}; ${fix}`
      return { event: 'failed', reason }
    }
  }
}

/** FIRSTBOOT: creates what belongs in /data, under the lock, and marks /data when all of it is there. */
export function firstboot(instance: Instance, signal: AbortSignal): Result {
  return withDataLock(instance, 'firstboot', signal, async () => {
    const { world } = instance
    const data = world.inspectData()
    if (data.kind === 'unusable') return { event: 'failed', reason: data.reason }
    if (data.kind === 'initialised') return { event: 'ok', reason: 'another instance has initialised /data' }
    if (data.interrupted)
      world.warn('firstboot: an earlier one did not finish, running it again with WW_FIRSTBOOT_RETRY=1')
    const problem = world.beginFirstboot()
    if (problem !== null) return withoutMark(instance, 'firstboot', problem)
    const env = data.interrupted ? { WW_FIRSTBOOT_RETRY: '1' } : {}
    const result = await instance.runHook('firstboot', signal, { env })
    const outcome = outcomeOf('firstboot', result)
    if (!succeeded(result))
      return { ...outcome, facts: [...(outcome.facts ?? []), '/data is not marked as initialised'] }
    const unmarked = world.markInitialised()
    return unmarked === null ? outcome : withoutMark(instance, 'firstboot', unmarked)
  })
}

/** UPGRADING: upgrades /data to this version, under the lock, and records the version. */
export async function upgrade(instance: Instance, signal: AbortSignal): Result {
  const { world, settings } = instance
  const before = world.inspectData()
  const isCurrent =
    before.kind === 'initialised' && (settings.version === '' || settings.version === before.version)
  // nothing will be written, so that /data may just as well be read-only
  if (!world.hasHook('upgrade') && (isCurrent || before.kind === 'unusable'))
    return { event: 'ok', reason: 'no upgrade hook' }
  return withDataLock(instance, 'upgrade', signal, async () => {
    const data = world.inspectData()
    const previousVersion = data.kind === 'initialised' ? data.version : ''
    const result = await instance.runHook('upgrade', signal, {
      env: { WW_PREVIOUS_VERSION: previousVersion },
    })
    const outcome = outcomeOf('upgrade', result)
    if (!succeeded(result) || settings.version === '') return outcome
    const change =
      previousVersion === settings.version ? 'as before' : `from ${previousVersion || 'no version'}`
    const facts = [...(outcome.facts ?? []), `${settings.version} ${change}`]
    const problem = previousVersion === settings.version ? null : world.markInitialised()
    return problem === null ? { ...outcome, facts } : withoutMark(instance, 'upgrade', problem)
  })
}

/** /data could not be marked: where a hook depends on the mark that is a failure, otherwise it costs only a warning. */
function withoutMark({ world }: Instance, hook: LimitedHook, problem: string): Outcome<LifecycleEvent> {
  if (world.hasHook(hook)) return { event: 'failed', reason: problem }
  world.warn(problem)
  return { event: 'ok', reason: `no ${hook} hook` }
}

async function withDataLock(
  instance: Instance,
  hook: 'firstboot' | 'upgrade',
  signal: AbortSignal,
  work: () => Result,
): Result {
  const { world, settings, limits } = instance
  const ms = settings.timeouts[hook]
  const step = { kind: 'lock', what: '/data', ms, setting: `ww.timeouts.${hook}` } as const
  const locked = await whileDoing(instance, step, () =>
    limits.run('wait', ms, signal, (limit) =>
      world.lockData(hook === 'firstboot' ? 'initialise' : 'upgrade', limit),
    ),
  )
  if (locked.kind === 'aborted') return { event: 'failed', reason: `${hook} was not started` }
  if (locked.kind === 'failed') return withoutMark(instance, hook, locked.reason)
  try {
    return await work()
  } finally {
    locked.lock.release()
  }
}
