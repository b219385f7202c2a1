import type { AlertWatch } from './alert-watch.ts'
import type { Counters } from './counters.ts'
import type { Feed } from './feed.ts'
import type { Fleet } from './fleet.ts'
import type { Keys } from './keys.ts'
import type { Limits, RateLimit } from './limits.ts'
import type { FleetStore } from './store.ts'

/** What the routes stand on. */
export type ReceiverService = {
  readonly store: FleetStore
  readonly fleet: Fleet
  readonly feed: Feed
  readonly alerts: AlertWatch
  readonly keys: Keys
  readonly limits: Limits
  readonly rate: RateLimit
  readonly counters: Counters
  /** Told of what the operator should know. */
  warn(line: string): void
}
