import type { RestartSettings } from '../../config/settings.ts'

/** A target as configured: every duration in milliseconds, every default filled in. */
export type TargetConfig = {
  /** What is pinged, and the target's name. */
  readonly url: string
  /** The shell command that starts it; null when it is only watched. */
  readonly run: string | null
  /** The shell command that ends it, instead of GET /kill. */
  readonly stop: string | null
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | null
  /** Whom it runs as. */
  readonly user: string | null
  /** How often it is pinged, and how long a ping may take. */
  readonly every: number
  readonly timeout: number
  /** From its start to its first answer. */
  readonly startLimit: number
  /** From being asked to end to SIGTERM, and from there to SIGKILL. */
  readonly stopLimit: number
  /** Bad pings in a row until it counts as failed. */
  readonly failures: number
  /** The URLs that must run before it is started. */
  readonly requires: readonly string[]
  readonly restart: Omit<RestartSettings, 'warmup'>
}

/** What a target has unless it is told otherwise. */
export const targetDefaults: Omit<TargetConfig, 'url'> = {
  run: null,
  stop: null,
  env: {},
  cwd: null,
  user: null,
  every: 1000,
  timeout: 1000,
  startLimit: 30_000,
  stopLimit: 10_000,
  failures: 1,
  requires: [],
  restart: {
    limit: 10,
    window: 600_000,
    backoff: 1000,
    backoffMax: 60_000,
    jitter: 0.2,
    stable: 60_000,
  },
}
