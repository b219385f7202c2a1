import { setTimeout as delay } from 'node:timers/promises'

// generous: it is reached only by a test that fails, and a busy machine is no failure; mocha's own limit is twice this
const usualLimit = 60_000

/** Waits for a condition, looking often; after `limit` milliseconds it fails with what `describe` says. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  describe: string | (() => string) = 'the condition',
  limit = usualLimit,
): Promise<void> {
  const deadline = performance.now() + limit
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(
        `waited ${limit / 1000} s in vain: ${typeof describe === 'string' ? describe : describe()}`,
      )
    }
    await delay(5)
  }
}
