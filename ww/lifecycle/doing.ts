import type { Instance } from './instance.ts'

/** A step of the lifecycle that may take long. */
export type Doing = {
  readonly kind: 'hook' | 'requires' | 'lock' | 'services' | 'monitor' | 'backoff'
  /** The hook, the addresses or the services that it waits for. */
  readonly what: string
  /** Since when, and until when at most, milliseconds since the epoch. */
  readonly since: number
  readonly until: number
  /** The setting that limits it, such as `ww.timeouts.upgrade`; null where it is no limit that ends it. */
  readonly setting: string | null
}

/** Something that went wrong: a hook, a service or the monitor. */
export type Failure = {
  readonly at: number
  readonly name: string
  /** Without the name, such as `exited with code 1`. */
  readonly reason: string
  /** How long it ran, in milliseconds, where that is known. */
  readonly ms: number | null
  /** What it printed, where that was captured. */
  readonly output: string | null
}

/** What a step shows of itself; `ms` is its limit. */
export type Step = Pick<Doing, 'kind' | 'what' | 'setting'> & { readonly ms: number }

/** A step that takes less is not worth a write of the status, in milliseconds. */
const moment = 500

/** So many failures are remembered. */
const remembered = 10

/** Does the work, and shows meanwhile, once it takes longer than a moment, what the instance is doing. */
export async function whileDoing<T>(
  instance: Instance,
  { ms, ...step }: Step,
  work: () => Promise<T>,
): Promise<T> {
  const { world } = instance
  const since = world.date()
  const over = new AbortController()
  const shown = world.sleep(moment, over.signal).then(() => {
    if (over.signal.aborted) return false
    instance.doing = { ...step, since, until: since + ms }
    publish(instance)
    return true
  })
  try {
    return await work()
  } finally {
    over.abort()
    if (await shown) {
      instance.doing = null
      publish(instance)
    }
  }
}

/** Remembers a failure for whoever asks later why. */
export function noteFailure(instance: Instance, failure: Omit<Failure, 'at'>): void {
  const noted = { at: instance.world.date(), ...failure }
  instance.failures = [...instance.failures, noted].slice(-remembered)
  publish(instance)
  if (noted.output === null) addLastLine(instance, noted).catch((error: unknown) => instance.fail(error))
}

/** What it printed last, where its output goes through the log of the instance. */
async function addLastLine(instance: Instance, noted: Failure): Promise<void> {
  const output = await instance.world.lastLineOf(noted.name)
  if (output === null) return
  instance.failures = instance.failures.map((failure) =>
    failure === noted ? { ...failure, output } : failure,
  )
  publish(instance)
}

function publish({ world, doing, failures }: Instance): void {
  world.publishDoing(doing, failures)
}
