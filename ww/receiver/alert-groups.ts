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
  return [...rules.values()]
    .flatMap((all) => splitByCause(all, sizes, fleet.length))
    .sort((a, b) => a.since - b.since)
}

/** Takes away what the best cause explains, until nothing explains two of the rest better than the fleet as a whole. */
function splitByCause(
  alerts: readonly Alert[],
  sizes: ReadonlyMap<string, number>,
  all: number,
): AlertGroup[] {
  const groups: AlertGroup[] = []
  let rest = alerts
  for (let cause = findCause(rest, sizes, all); cause; cause = findCause(rest, sizes, all)) {
    const found = cause
    const explained = rest.filter((alert) => belongsTo(alert, found))
    groups.push(makeGroup(explained, found, all))
    rest = rest.filter((alert) => !belongsTo(alert, found))
  }
  return rest.length > 0 ? [...groups, makeGroup(rest, null, all)] : groups
}

type Cause = NonNullable<AlertGroup['cause']>

/**
 * The cause with the highest share of those that it could have hit, times how many it did: all 12 of a host rather than
 * 13 of the 100 of an app. Null when the fleet as a whole has a higher one.
 */
function findCause(alerts: readonly Alert[], sizes: ReadonlyMap<string, number>, all: number): Cause | null {
  const hits = Map.groupBy(
    alerts.flatMap((alert) => causesOf(alert)),
    keyOf,
  )
  const candidates = [...hits.entries()]
    .filter(([, causes]) => causes.length > 1)
    .map(([key, causes]) => ({
      cause: causes[0] ?? null,
      weight: weigh(causes.length, sizes.get(key) ?? 0),
      rank: kinds.indexOf(causes[0]?.kind ?? 'app'),
    }))
    .sort((a, b) => b.weight - a.weight || a.rank - b.rank)
  const [best] = candidates
  return best && best.weight >= weigh(alerts.length, all) ? best.cause : null
}

function weigh(hit: number, size: number): number {
  return hit ** 2 / Math.max(size, hit)
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

function makeGroup(alerts: readonly Alert[], cause: Cause | null, all: number): AlertGroup {
  const sorted = alerts.toSorted((a, b) => a.since - b.since)
  const [first] = sorted
  if (!first) throw new Error('a group of no alerts')
  return {
    rule: first.rule,
    summary: summarise(sorted, cause, all),
    cause,
    since: first.since,
    alerts: sorted,
  }
}

/** How people call the instance of an alert: its app and its name. */
export function nameOf({ app, instance }: Alert): string {
  return app === '' ? instance : `${app} ${instance}`
}

function summarise(alerts: readonly Alert[], cause: Cause | null, all: number): string {
  const [first] = alerts
  const whats = new Set(alerts.map(({ what }) => what))
  if (alerts.length === 1 && first) {
    return `${nameOf(first)}: ${first.what}${first.host === '' ? '' : ` on host ${first.host}`}`
  }
  const [what] = whats
  const many = `${alerts.length} instances${whats.size === 1 ? ` ${what}` : `: ${first?.rule}`}`
  if (cause === null) return alerts.length < all ? `${many}, of ${all}` : `${many}, the whole fleet`
  return `${many}, all ${cause.kind === 'host' ? 'on host' : 'of'} ${cause.value}`
}
