import { renderFamily, type Sample } from '../http/prometheus.ts'
import type { Deliveries } from './alert-sender.ts'
import type { AlertWatch } from './alert-watch.ts'
import type { Fleet } from './fleet.ts'
import { flattenNumbers } from './numbers.ts'

/** What the receiver counts of its own work. */
export class Counters {
  readonly #events = new Map<string, number>()
  readonly #refused = new Map<string, number>()

  countEvents(type: string, count: number): void {
    this.#events.set(type, (this.#events.get(type) ?? 0) + count)
  }

  countRefusal(reason: string): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1)
  }

  /** All of it, the fleet and its alerts, as Prometheus text. */
  render(fleet: Fleet, alerts: AlertWatch, storeBytes: number, readers: number): string {
    const views = fleet.views()
    const instances = Map.groupBy(views, ({ app, status }) => JSON.stringify({ app, status }))
    const stats = views.flatMap(({ app, instance, stats }) =>
      // a key twice, as "a.b" and as b in a, would make Prometheus refuse the whole page
      [...new Map(flattenNumbers(stats))].map(([key, value]): Sample => [{ app, instance, key }, value]),
    )
    return [
      renderFamily(
        'whaleware_fleet_instances',
        'gauge',
        'Instances by app and status.',
        [...instances].map(([labels, all]) => [JSON.parse(labels), all.length]),
      ),
      renderFamily('whaleware_fleet_stat', 'gauge', 'A number that a monitor printed.', stats),
      renderFamily(
        'whaleware_receiver_events_total',
        'counter',
        'Events taken in.',
        samplesOf(this.#events, 'type'),
      ),
      renderFamily(
        'whaleware_receiver_refused_total',
        'counter',
        'Requests refused.',
        samplesOf(this.#refused, 'reason'),
      ),
      renderFamily(
        'whaleware_fleet_alerts',
        'gauge',
        'Alerts that fire, by rule.',
        samplesOf(countFiring(alerts), 'rule'),
      ),
      renderFamily(
        'whaleware_receiver_notifications_total',
        'counter',
        'Messages to webhooks, by outcome: delivered, refused for good, or failed and tried again.',
        samplesOf(sumUp(alerts.deliveries()), 'outcome'),
      ),
      renderFamily('whaleware_receiver_store_bytes', 'gauge', 'What the store takes.', [[{}, storeBytes]]),
      renderFamily('whaleware_receiver_readers', 'gauge', 'Readers of the live stream.', [[{}, readers]]),
    ].join('')
  }
}

function countFiring(alerts: AlertWatch): ReadonlyMap<string, number> {
  const firing = Map.groupBy(
    alerts.alerts().filter(({ status }) => status === 'firing'),
    ({ rule }) => rule,
  )
  return new Map(alerts.settings.rules.map(({ name }) => [name, firing.get(name)?.length ?? 0]))
}

function sumUp(deliveries: readonly Deliveries[]): ReadonlyMap<string, number> {
  const outcomes = ['delivered', 'refused', 'failed'] as const
  return new Map(outcomes.map((one) => [one, deliveries.reduce((sum, own) => sum + own[one], 0)]))
}

function samplesOf(counts: ReadonlyMap<string, number>, label: string): Sample[] {
  return [...counts].map(([word, count]) => [{ [label]: word }, count])
}
