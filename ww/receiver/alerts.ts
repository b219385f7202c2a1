import type { AlertCondition, AlertRule } from './alert-rules.ts'
import type { InstanceView } from './model.ts'
import { numberAt } from './numbers.ts'

/** A rule that holds, or held, for an instance; plain JSON, times in milliseconds since the epoch. */
export type Alert = {
  readonly rule: string
  /** The id of the instance, then what it was when the alert began. */
  readonly id: string
  readonly app: string
  readonly instance: string
  readonly host: string
  readonly version: string
  /** What is the matter, such as `LOST` or `disk.used is 93, over 90`; and the reason that the instance gave. */
  readonly what: string
  readonly reason: string
  readonly status: 'pending' | 'firing' | 'resolved'
  /** When the matter began: of a silence the last word, of a state when it was entered. */
  readonly since: number
  /** When the receiver first saw the condition, when the alert fired, and when it was resolved. */
  readonly seenAt: number
  readonly firedAt: number | null
  readonly resolvedAt: number | null
  /** Since when the condition is away, while the alert fires. */
  readonly awayAt: number | null
  /** What people were told last. */
  readonly told: 'firing' | 'resolved' | null
}

/** Resolved alerts are shown for so long, in milliseconds. */
const shownFor = 3_600_000

/**
 * The alerts after one more look at those instances that may have changed, all that have an alert among them. A condition must hold for as long as its rule says before the alert fires, and be
 * away for as long before it is resolved, so that what comes and goes is one alert. An instance or a rule that is no
 * more resolves its alerts. An alert that has not changed is the same object.
 */
export function evaluate(
  alerts: readonly Alert[],
  views: readonly InstanceView[],
  rules: readonly AlertRule[],
  now: number,
): Alert[] {
  const index = new Map<string, Map<string, Alert>>()
  for (const alert of alerts) {
    const ofRule = index.get(alert.rule) ?? new Map<string, Alert>()
    index.set(alert.rule, ofRule.set(alert.id, alert))
  }
  const judged = rules.flatMap((rule) => {
    const ofRule = index.get(rule.name)
    index.delete(rule.name)
    const after: Alert[] = []
    for (const view of views) {
      const alert = ofRule?.get(view.id) ?? null
      ofRule?.delete(view.id)
      const next = judge(alert, view, rule, now)
      if (next) after.push(next)
    }
    return [...after, ...leaveAll(ofRule, rule.resolve, now)]
  })
  return [...judged, ...[...index.values()].flatMap((ofRule) => leaveAll(ofRule, 0, now))]
}

/** What becomes of alerts whose instance or rule is no more. */
function leaveAll(alerts: ReadonlyMap<string, Alert> | undefined, resolve: number, now: number): Alert[] {
  return [...(alerts?.values() ?? [])].flatMap((alert) => leave(alert, resolve, now) ?? [])
}

function judge(alert: Alert | null, view: InstanceView, rule: AlertRule, now: number): Alert | null {
  const holds = rule.app !== null && rule.app !== view.app ? false : isMet(rule.condition, view)
  if (holds === true) return hold(alert, view, rule, now)
  if (alert === null) return null
  // what is not known changes nothing, but a time of not knowing doesn't count
  if (holds === null && alert.status === 'firing') return stay(alert)
  return leave(alert, rule.resolve, now)
}

function hold(alert: Alert | null, view: InstanceView, rule: AlertRule, now: number): Alert {
  if (alert?.status === 'firing') return stay(alert)
  // nobody was told that it was over: it goes on
  if (alert?.status === 'resolved' && alert.told === 'firing')
    return { ...alert, status: 'firing', awayAt: null, resolvedAt: null }
  const current = alert?.status === 'pending' ? alert : begin(view, rule, now)
  return now - current.seenAt >= rule.hold ? { ...current, status: 'firing', firedAt: now } : current
}

function stay(alert: Alert): Alert {
  return alert.awayAt === null ? alert : { ...alert, awayAt: null }
}

function leave(alert: Alert, resolve: number, now: number): Alert | null {
  if (alert.status === 'pending') return null
  if (alert.status === 'resolved') {
    // whoever was told that it fires is told that it's over, however long that takes
    const isDue = alert.told !== 'firing' && now - (alert.resolvedAt ?? now) >= shownFor
    return isDue ? null : alert
  }
  const awayAt = alert.awayAt ?? now
  if (now - awayAt >= resolve) return { ...alert, awayAt, status: 'resolved', resolvedAt: now }
  return alert.awayAt === null ? { ...alert, awayAt } : alert
}

function begin(view: InstanceView, { name, condition }: AlertRule, now: number): Alert {
  const { id, app, instance, host, version, reason } = view
  return {
    ...{ rule: name, id, app, instance, host, version, reason },
    what: describe(condition, view),
    status: 'pending',
    since: Math.min(now, beginning(condition, view, now)),
    seenAt: now,
    ...{ firedAt: null, resolvedAt: null, awayAt: null, told: null },
  }
}

/** Whether the condition holds; null when that can't be told now. */
function isMet(condition: AlertCondition, view: InstanceView): boolean | null {
  if (condition.kind === 'status')
    return condition.is.includes(view.status) || condition.is.includes(view.state)
  if (condition.kind === 'restarts') return view.restarts[condition.within] >= condition.limit
  if (view.state === 'STOPPED') return false
  // the last stats of one that is away, or on its way up, say nothing of now
  if (view.state !== 'UP' || view.silence === 'lost') return null
  const value = numberAt(view.stats, condition.path)
  if (value === undefined) return null
  const { over, under } = condition
  return (over !== null && value > over) || (under !== null && value < under)
}

function describe(condition: AlertCondition, view: InstanceView): string {
  if (condition.kind === 'status') return condition.is.includes(view.status) ? view.status : view.state
  if (condition.kind === 'restarts') {
    const span = condition.within === 'hour' ? 'an hour' : 'a day'
    return `${view.restarts[condition.within]} restarts within ${span}`
  }
  const value = numberAt(view.stats, condition.path) ?? Number.NaN
  const isOver = condition.over !== null && value > condition.over
  const limit = isOver ? `over ${condition.over}` : `under ${condition.under}`
  return `${condition.path} is ${value}, ${limit}`
}

function beginning(condition: AlertCondition, view: InstanceView, now: number): number {
  if (condition.kind !== 'status') return now
  const isSilence = view.silence !== null && condition.is.includes(view.status)
  return Date.parse(isSilence ? view.heardAt : view.since)
}
