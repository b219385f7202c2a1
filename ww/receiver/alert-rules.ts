/** When an instance is worth an alert. */
export type AlertCondition =
  /** Its status (LOST, LATE, STUCK) or its state (ERROR …) is one of these. */
  | { readonly kind: 'status'; readonly is: readonly string[] }
  /** It went down by itself so many times within the last hour or day. */
  | { readonly kind: 'restarts'; readonly limit: number; readonly within: 'hour' | 'day' }
  /** A number of its stats, by its dotted path, is over or under a limit. */
  | {
      readonly kind: 'stat'
      readonly path: string
      readonly over: number | null
      readonly under: number | null
    }

/** What to alert about, and how to keep one that comes and goes from alerting each time. */
export type AlertRule = {
  readonly name: string
  readonly condition: AlertCondition
  /** Only instances of this app; null for all. */
  readonly app: string | null
  /** The condition must hold for so long before the alert fires, in milliseconds. */
  readonly hold: number
  /** And be away for so long before it counts as resolved. */
  readonly resolve: number
}

/** Who is told. */
export type AlertWebhook = { readonly url: string; readonly secret: string | null }

/** What the file for `--alerts` says. */
export type AlertSettings = {
  readonly rules: readonly AlertRule[]
  readonly webhooks: readonly AlertWebhook[]
  /** The address of the page for links; null for where the receiver serves. */
  readonly page: string | null
  /** Alerts that fire within so many milliseconds of one another are told together. */
  readonly gather: number
}

const minute = 60_000

/** The rules when a file names none. */
export const usualRules: readonly AlertRule[] = [
  // after the receiver was away, everybody looks lost until the back-off of their senders, a minute at most, is over
  rule('lost', { kind: 'status', is: ['LOST'] }, 1.5 * minute),
  rule('error', { kind: 'status', is: ['ERROR'] }, 0),
  rule('stuck', { kind: 'status', is: ['STUCK'] }, minute),
  rule('crash loop', { kind: 'restarts', limit: 5, within: 'hour' }, 0),
]

/** The settings without a file: alerts are shown, and nobody is told. */
export const usualAlerts: AlertSettings = {
  rules: usualRules,
  webhooks: [],
  page: null,
  // instances of a host that went away count as LOST one by one, over the interval of their pushes
  gather: 30_000,
}

function rule(name: string, condition: AlertCondition, hold: number): AlertRule {
  return { name, condition, app: null, hold, resolve: minute }
}
