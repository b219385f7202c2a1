import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import { type Instance, outcomeOf, succeeded } from './instance.ts'
import { isOlder } from './version.ts'
import type { DataLock } from './world.ts'

type Result = Promise<Outcome<LifecycleEvent>>

/** BOOT: prepares the image, then looks whether /data is fresh. */
export async function boot(instance: Instance, signal: AbortSignal): Result {
  const prepared = await instance.runHook('boot', signal)
  if (!succeeded(prepared)) return outcomeOf(prepared)
  const { world, settings } = instance
  const data = world.inspectData()
  if (data.kind === 'unusable') {
    // an image that keeps nothing in /data needs none
    const needed = ['firstboot', 'upgrade'].filter((hook) => world.hasHook(hook))
    if (needed.length > 0)
      return { event: 'failed', reason: `${data.reason}, and ${needed.join(' and ')} would write there` }
    world.info(`${data.reason}; no hook needs it`)
    return { event: 'ready' }
  }
  if (data.kind === 'fresh') return { event: 'fresh' }
  if (isOlder(settings.version, data.version) && !settings.allowDowngrade) {
    const reason = `/data was last used by version ${data.version}, which is newer than this image's ${settings.version}`
    return { event: 'failed', reason: `${reason}: run the newer image, or set ww.allow_downgrade` }
  }
  return { event: 'ready' }
}

/** FIRSTBOOT: creates what lives in /data, as the only one to do so, and marks it when all of it is there. */
export function firstboot(instance: Instance, signal: AbortSignal): Result {
  return withDataLock(instance, signal, async () => {
    const { world } = instance
    const data = world.inspectData()
    if (data.kind === 'unusable') return { event: 'failed', reason: data.reason }
    if (data.kind === 'initialised') {
      world.info('another instance has initialised /data meanwhile')
      return { event: 'ok' }
    }
    if (data.interrupted)
      world.warn('an earlier firstboot did not finish; running it again with WW_FIRSTBOOT_RETRY=1')
    world.beginFirstboot()
    const result = await instance.runHook(
      'firstboot',
      signal,
      data.interrupted ? { env: { WW_FIRSTBOOT_RETRY: '1' } } : {},
    )
    if (succeeded(result)) world.markInitialised()
    return outcomeOf(result)
  })
}

/** UPGRADING: brings /data up to this version, as the only one to do so, and records the version. */
export async function upgrade(instance: Instance, signal: AbortSignal): Result {
  const { world } = instance
  if (!world.hasHook('upgrade') && world.inspectData().kind === 'unusable') return { event: 'ok' }
  return withDataLock(instance, signal, async () => {
    const data = world.inspectData()
    const previousVersion = data.kind === 'initialised' ? data.version : ''
    const result = await instance.runHook('upgrade', signal, {
      env: { WW_PREVIOUS_VERSION: previousVersion },
    })
    if (succeeded(result) && previousVersion !== instance.settings.version) world.markInitialised()
    return outcomeOf(result)
  })
}

async function withDataLock(instance: Instance, signal: AbortSignal, work: () => Result): Result {
  const lock: DataLock | null = await instance.world.lockData(signal)
  if (!lock) return { event: 'failed', reason: 'gave up waiting for /data' }
  try {
    return await work()
  } finally {
    lock.release()
  }
}
