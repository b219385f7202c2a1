// What the receiver keeps and shows. Times are milliseconds since the epoch here, and ISO 8601 in what the HTTP side answers.

/** The kinds of events, by the word in their type; `other` are those of types that this receiver does not know. */
export const eventKinds = ['lifecycle', 'stats', 'service', 'schedule', 'other'] as const

/** One event as it was taken in: a state entered, stats pushed, or what happened to a service or a schedule. */
export type FleetEvent = {
  /** The CloudEvents id: what makes an event count once. */
  readonly id: string
  readonly app: string
  readonly instance: string
  readonly version: string
  readonly labels: Readonly<Record<string, string>>
  /** Empty for a sender that neither tells its boots nor counts its events, such as plain curl. */
  readonly bootId: string
  /**
   * Counts the events of one boot from 1: the order, whatever the clocks and the arrival say. 0 without a boot: then
   * the order is that of `at`, which is the time of arrival.
   */
  readonly sequence: number
  /** When it happened, by the sender's clock. */
  readonly at: number
  /** When it arrived, by the receiver's clock: what an age is told by. */
  readonly heardAt: number
  /** How long until the next push is due; null when the sender does not say. */
  readonly interval: number | null
  /** Fingerprint of the sender's configuration; empty when it does not say. */
  readonly configHash: string
} & (
  | {
      readonly kind: 'lifecycle'
      readonly state: string
      readonly previous: string | null
      readonly reason: string
      readonly attempt: number
      readonly previousMs: number
      /** At BOOT: the boot before this one ended without a word. */
      readonly crashed: boolean
    }
  | { readonly kind: 'stats'; readonly state: string; readonly stats: unknown }
  | {
      readonly kind: 'service'
      readonly service: string
      /** That of the service. */
      readonly state: string
      readonly previous: string | null
      readonly reason: string
      readonly restarts: number
      readonly pid: number | null
    }
  | {
      readonly kind: 'schedule'
      readonly hook: string
      readonly result: string
      readonly reason: string
      readonly ms: number | null
      readonly nextAt: number | null
    }
  | { readonly kind: 'other'; readonly type: string; readonly data: Readonly<Record<string, unknown>> }
)

/** An event in the store; `position` grows with each one kept and is the cursor of readers. */
export type KeptEvent = FleetEvent & { readonly position: number }

/**
 * What is known of an instance from its events alone, with no look at the clock. Plain JSON: it is stored as it is.
 * `applyEvent` of `instance-record.ts` is the only thing that makes one.
 */
export type InstanceRecord = {
  /** See `instanceId`. */
  readonly id: string
  readonly app: string
  readonly instance: string
  readonly version: string
  readonly labels: Readonly<Record<string, string>>
  readonly configHash: string
  readonly bootId: string
  /** When the first known event of this boot happened; a boot with a later one is a newer boot. */
  readonly bootAt: number
  /** The boots before it that were heard, the newest last; at most 10. */
  readonly pastBoots: readonly string[]
  readonly state: string
  readonly previous: string | null
  readonly reason: string
  /** When the state was entered, by the sender's clock. */
  readonly since: number
  /** The sequence (without a boot: the time) of the event that the state is from, and of the last stats; 0 for none. */
  readonly stateSequence: number
  readonly statsSequence: number
  /** The highest sequence seen in this boot, and those below it that never came, as ranges from–to. */
  readonly sequence: number
  readonly missing: readonly (readonly [number, number])[]
  readonly heardAt: number
  readonly interval: number | null
  readonly stats: unknown
  readonly statsAt: number | null
  /** When it went down by itself in the 24 hours before its last one: RESTARTING, ERROR, a boot after a crash; at most 1,000. */
  readonly restarts: readonly number[]
}

/** How an instance is told of at a moment: what `GET /v1/instances` answers, times as ISO 8601. */
export type InstanceView = {
  readonly id: string
  readonly app: string
  readonly instance: string
  /** The label `host`; empty when there is none. */
  readonly host: string
  readonly version: string
  readonly labels: Readonly<Record<string, string>>
  readonly configHash: string
  readonly bootId: string
  readonly state: string
  readonly previous: string | null
  readonly reason: string
  readonly since: string
  readonly heardAt: string
  /** Milliseconds until the next push is due, from `heardAt` on; null when the sender does not say. */
  readonly interval: number | null
  /** In UP, where pushes come: silent for 2 intervals is late, for 4 lost. */
  readonly silence: 'late' | 'lost' | null
  /** Longer on its way up (in WARMUP, in UPGRADING …) than 95 of 100 of this app's own. */
  readonly stuck: boolean
  /** What the page colours and counts by: LOST, LATE and STUCK before the state itself. */
  readonly status: string
  readonly stats: unknown
  readonly statsAt: string | null
  readonly restarts: { readonly hour: number; readonly day: number }
  /** How many events of this boot never came. */
  readonly missing: number
}

/** How an app is told of: what `GET /v1/apps` answers. */
export type AppView = {
  readonly app: string
  readonly status: 'RUNNING' | 'STARTING' | 'STOPPING' | 'STOPPED'
  /** A required instance is down. */
  readonly majorFailure: boolean
  /** An optional instance (label `optional: "true"`) is down. */
  readonly minorFailure: boolean
  readonly instances: number
  /** How many instances have each status. */
  readonly counts: Readonly<Record<string, number>>
}

/** `app:instance`, each percent-encoded, so that it stands in a path; the instance alone when it names no app. */
export function instanceId(app: string, instance: string): string {
  const name = encodeURIComponent(instance)
  return app === '' ? name : `${encodeURIComponent(app)}:${name}`
}
