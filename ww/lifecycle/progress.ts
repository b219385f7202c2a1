import { formatDuration, formatLimit } from '../base/text.ts'
import type { Instance } from './instance.ts'

/** When a long step is logged, in milliseconds from its start; after the last one, at that interval. */
const times = [1000, 10_000, 60_000, 300_000] as const

/** Does the work, and logs what is waited for while it takes long. `limit` is in milliseconds. */
export async function withProgress<T>(
  { world }: Pick<Instance, 'world'>,
  { waitsFor, limit }: { waitsFor: () => string; limit: number },
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const began = world.now()
  const report = async (): Promise<void> => {
    for (let index = 0; !over.signal.aborted; index += 1) {
      const interval = times[times.length - 1] ?? 0
      const at = times[index] ?? interval * (index - times.length + 2)
      await world.sleep(began + at - world.now(), over.signal)
      const spent = `for ${formatDuration(world.now() - began)}, limit ${formatLimit(limit)}`
      if (!over.signal.aborted) world.info(`${waitsFor()} (${spent})`)
    }
  }
  const reported = report()
  try {
    return await work()
  } finally {
    over.abort()
    await reported
  }
}
