import { Changes } from './changes.ts'
import { Clock } from './clock.ts'
import type { StateStore } from './store.ts'
import type { Tokens } from './tokens.ts'

/** What the routes stand on. */
export type Service = {
  readonly store: StateStore
  readonly changes: Changes
  readonly tokens: Tokens
  /** Lets go of the store, when all that was asked for is durable. */
  close(): Promise<void>
}

/** Starts the clock of timed machines and what tells of changes. */
export async function startService(
  store: StateStore,
  tokens: Tokens,
  warn: (line: string) => void,
): Promise<Service> {
  const changes = new Changes(store)
  const clock = new Clock(store, warn)
  await clock.start()
  return {
    store,
    changes,
    tokens,
    async close() {
      clock.close()
      changes.close()
      await store.close()
    },
  }
}
