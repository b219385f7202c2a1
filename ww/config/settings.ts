/**
 * whaleware's own settings, the key `ww` of the configuration, after parsing: every duration in milliseconds,
 * every default filled in.
 */
export type Settings = {
  /** The name of what the container runs; WW_APP. */
  readonly app: string
  /** The name of this container; the host name unless told otherwise; WW_INSTANCE. */
  readonly instance: string
  /** The version of the image; WW_VERSION. Empty when the author gives none. */
  readonly version: string
  readonly labels: Readonly<Record<string, string>>
  /** The time limit of each hook. Hooks on a schedule use `scheduled` unless they have one of their own. */
  readonly timeouts: Readonly<Record<LimitedHook | 'scheduled', number>>
  /** How long after SIGTERM a hook past its limit gets SIGKILL. */
  readonly killAfter: number
  readonly monitor: {
    readonly every: number
    /** Consecutive failures before the services are restarted. */
    readonly failures: number
  }
  readonly restart: RestartSettings
  /** `tcp://host:port`, `http(s)://…`, `file:/path` or `exec:command`, waited for in WARMUP. */
  readonly requires: readonly string[]
  readonly requiresTimeout: number
  readonly stop: {
    /** All of stopping fits in it. */
    readonly grace: number
    /** Reserved out of the grace for the sweep of leftovers. */
    readonly sweep: number
    /** Reserved out of the grace for the last announcement. */
    readonly announce: number
  }
  readonly serve: { readonly signal: NodeJS.Signals }
  /** Hook name to when it runs. */
  readonly schedule: Readonly<Record<string, Schedule>>
  readonly notify: NotifySettings
  /** `host:port`, `:port` or `port` of the instance's HTTP endpoint; null is off. */
  readonly listen: string | null
  readonly onError: 'exit' | 'hold'
  readonly allowDowngrade: boolean
}

/** The hooks that run under a time limit of their own in `ww.timeouts`. */
export type LimitedHook =
  | 'boot'
  | 'firstboot'
  | 'upgrade'
  | 'svcup'
  | 'warmup'
  | 'monitor'
  | 'pushstats'
  | 'lifecycle'
  | 'drain'
  | 'svcdown'

/** When and how often the services are restarted. */
export type RestartSettings = {
  /** Restarts allowed per window; one more is ERROR. */
  readonly limit: number
  readonly window: number
  /** The delay before the second restart in a row; it doubles with each further one. */
  readonly backoff: number
  readonly backoffMax: number
  /** Up to this part of the delay is taken off at random, 0 to 1. */
  readonly jitter: number
  /** UP for this long makes the next restart a first one again, with no delay. */
  readonly stable: number
  /** Run `warmup` after a restart too. */
  readonly warmup: boolean
}

/** A hook on a schedule. */
export type Schedule = {
  readonly cron: string
  /** A random delay of up to this long before each run, so that a fleet does not fire in step. */
  readonly splay: number
  readonly timeout: number
  readonly timezone: string | null
}

/** Where lifecycle events and stats go without a hook of the author's. */
export type NotifySettings = {
  readonly url: string | null
  /** A Standard Webhooks secret, `whsec_…`; null sends unsigned. */
  readonly secret: string | null
  /** A bearer token; null sends none. */
  readonly token: string | null
  readonly timeout: number
  readonly backoff: number
  readonly backoffMax: number
  /** The most events the outbox keeps; the oldest stats are dropped first, lifecycle events never. */
  readonly keep: number
}
