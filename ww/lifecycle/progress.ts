import { firstReport, nextReport } from '../base/report-times.ts'
import { formatDuration, formatLimit } from '../base/text.ts'
import type { Instance } from './instance.ts'

/** Does the work, and logs what is waited for while it takes long. `limit` is in milliseconds. */
export async function withProgress<T>(
  { world }: Pick<Instance, 'world'>,
  { waitsFor, limit }: { waitsFor: () => string; limit: number },
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController()
  const began = world.now()
  const report = async (): Promise<void> => {
    for (let due = firstReport; !over.signal.aborted; due = nextReport(due)) {
      await world.sleep(began + due - world.now(), over.signal)
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
