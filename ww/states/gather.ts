/** For so long at most, in milliseconds, the next write of a busy machine waits for more to carry. */
const limit = 1

/**
 * Waits a moment until as many updates wait as a write can be expected to carry: those that came during the last one,
 * and those that it answered, who ask again at once when many are at work. Otherwise each half would wait for the
 * other half's write.
 */
export async function gatherUpdates(waiting: () => number, expected: number): Promise<void> {
  const end = performance.now() + limit
  while (waiting() < expected && performance.now() < end) await new Promise(setImmediate)
}
