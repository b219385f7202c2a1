import type { Alert } from './alerts.ts'

/** Where an instance belongs: its host, its app, and the version of its app. */
export type Belonging = Pick<Alert, 'host' | 'app' | 'version'>

/** Alerts of one rule that seem to have one cause. */
export type AlertGroup = {
  readonly rule: string
  /** `12 instances LOST, all on host A`. */
  readonly summary: string
  /** What those of the group have in common and others of the fleet have not; null when there is nothing. */
  readonly cause: { readonly kind: 'host' | 'version' | 'app'; readonly value: string } | null
  /** When the first of it began. */
  readonly since: number
  /** The one that began first comes first. */
  readonly alerts: readonly Alert[]
}

const kinds = ['host', 'version', 'app'] as const

/** Groups alerts by rule and by what best explains them, given what the whole fleet is made of. */
export function groupAlerts(alerts: readonly Alert[], fleet: readonly Belonging[]): AlertGroup[] {
  const sizes = new Map<string, number>()
  for (const key of fleet.flatMap((one) => causesOf(one).map(keyOf)))
    sizes.set(key, (sizes.get(key) ?? 0) + 1)
  const rules = Map.groupBy(alerts, ({ rule }) => rule)
  return [...rules.values()].flatMap((all) => splitByCause(all, sizes)).sort((a, b) => a.since - b.since)
}

/** Takes away what the best cause explains, until nothing explains two of the rest. */
function splitByCause(alerts: readonly Alert[], sizes: ReadonlyMap<string, number>): AlertGroup[] {
  const groups: AlertGroup[] = []
  let rest = alerts
  for (let cause = findCause(rest, sizes); cause; cause = findCause(rest, sizes)) {
    const found = cause
    const explained = rest.filter((alert) => belongsTo(alert, found))
    groups.push(makeGroup(explained, found))
    rest = rest.filter((alert) => !belongsTo(alert, found))
  }
  return rest.length > 0 ? [...groups, makeGroup(rest, null)] : groups
}

type Cause = NonNullable<AlertGroup['cause']>

/**
 * The cause with the highest share of those that it could have hit, times how many it did: all 12 of a host rather than
 * 13 of the 100 of an app.
 */
function findCause(alerts: readonly Alert[], sizes: ReadonlyMap<string, number>): Cause | null {
  const hits = Map.groupBy(
    alerts.flatMap((alert) => causesOf(alert)),
    keyOf,
  )
  const candidates = [...hits.entries()]
    .filter(([, causes]) => causes.length > 1)
    .map(([key, causes]) => ({
      cause: causes[0] ?? null,
      weight: causes.length ** 2 / Math.max(sizes.get(key) ?? 0, causes.length),
      rank: kinds.indexOf(causes[0]?.kind ?? 'app'),
    }))
    .sort((a, b) => b.weight - a.weight || a.rank - b.rank)
  return candidates[0]?.cause ?? null
}

function causesOf({ host, app, version }: Belonging): Cause[] {
  const all: Cause[] = [
    { kind: 'host', value: host },
    { kind: 'version', value: version === '' ? '' : `${app} ${version}`.trim() },
    { kind: 'app', value: app },
  ]
  return all.filter(({ value }) => value !== '')
}

function belongsTo(one: Belonging, cause: Cause): boolean {
  return causesOf(one).some((other) => keyOf(other) === keyOf(cause))
}

function keyOf({ kind, value }: Cause): string {
  return `${kind} ${value}`
}

function makeGroup(alerts: readonly Alert[], cause: Cause | null): AlertGroup {
  const sorted = alerts.toSorted((a, b) => a.since - b.since)
  const [first] = sorted
  if (!first) throw new Error('a group of no alerts')
  return { rule: first.rule, summary: summarise(sorted, cause), cause, since: first.since, alerts: sorted }
}

function summarise(alerts: readonly Alert[], cause: Cause | null): string {
  const [first] = alerts
  const whats = new Set(alerts.map(({ what }) => what))
  if (alerts.length === 1 && first) {
    const name = first.app === '' ? first.instance : `${first.app} ${first.instance}`
    return `${name}: ${first.what}${first.host === '' ? '' : ` on host ${first.host}`}`
  }
  const [what] = whats
  const many = `${alerts.length} instances ${whats.size === 1 ? what : `with ${first?.rule}`}`
  if (cause === null) return many
  return `${many}, all ${cause.kind === 'host' ? 'on host' : 'of'} ${cause.value}`
}
