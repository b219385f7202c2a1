import { type AlertGroup, nameOf } from './alert-groups.ts'
import type { Alert } from './alerts.ts'

/** So many instances are named in a message; the count tells of all. */
const named = 50

/** What a webhook gets: the type, time and data of Standard Webhooks, and a `text` that chats such as Slack show. */
export type AlertMessage = {
  readonly type: 'whaleware.alert'
  readonly timestamp: string
  readonly text: string
  readonly data: {
    readonly status: 'firing' | 'resolved'
    readonly rule: string
    readonly summary: string
    readonly cause: AlertGroup['cause']
    readonly count: number
    readonly since: string
    readonly instances: readonly (Pick<
      Alert,
      'id' | 'app' | 'instance' | 'host' | 'version' | 'what' | 'reason'
    > & {
      readonly since: string
      readonly resolvedAt: string | null
      readonly url: string
    })[]
  }
}

/** Words what people are told of a group at `now`, with links to the page at `base`. */
export function wordMessage(
  group: AlertGroup,
  status: 'firing' | 'resolved',
  base: string,
  now: number,
): AlertMessage {
  const instances = group.alerts.slice(0, named).map((alert) => {
    const { id, app, instance, host, version, what, reason } = alert
    const resolvedAt = alert.resolvedAt === null ? null : toIso(alert.resolvedAt)
    const url = linkTo(id, base)
    return {
      ...{ id, app, instance, host, version, what, reason, since: toIso(alert.since) },
      resolvedAt,
      url,
    }
  })
  const count = group.alerts.length
  const { rule, summary, cause } = group
  const since = toIso(group.since)
  return {
    type: 'whaleware.alert',
    timestamp: toIso(now),
    text: wordText(group, status, base),
    data: { status, rule, summary, cause, count, since, instances },
  }
}

/** Where the page shows an instance; its id stands in a URL as it is. */
export function linkTo(id: string, base: string): string {
  return `${base}/#/instances/${id}`
}

function wordText(
  { summary, since, alerts }: AlertGroup,
  status: 'firing' | 'resolved',
  base: string,
): string {
  const head =
    status === 'firing' ? `${summary}, since ${toIso(since)}` : `Resolved: ${summary} (since ${toIso(since)})`
  const few = alerts.slice(0, 3).map((alert) => {
    const what = alerts.length === 1 ? [] : [`${nameOf(alert)}: ${alert.what}`]
    const why = alert.reason === '' ? [] : [`(${alert.reason.split('\n')[0]?.slice(0, 200)})`]
    return [...what, ...why, linkTo(alert.id, base)].join(' ')
  })
  const more = alerts.length > few.length ? [`and ${alerts.length - few.length} more: ${base}/`] : []
  return [head, ...few, ...more].join('\n')
}

function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
