import { renderFamily, type Sample } from '../http/prometheus.ts'
import { announcedStates } from '../lifecycle/chart.ts'
import type { ServiceStatus } from '../lifecycle/service-status.ts'
import type { InstanceStatus } from './status.ts'

/** The announced states, and those that are only visible. */
const visibleStates: readonly string[] = [...announcedStates, 'STOPPING', 'FAILING', 'HELD']

/** The status in Prometheus' text format, the monitor's numbers included. `now` is milliseconds since the epoch. */
export function renderMetrics(status: InstanceStatus, now: number): string {
  const { monitor } = status
  return [
    renderFamily('whaleware_info', 'gauge', 'What runs here.', [
      [{ app: status.app, instance: status.instance, version: status.version, boot_id: status.bootId }, 1],
    ]),
    renderFamily(
      'whaleware_state',
      'gauge',
      'Whether the instance is in this state.',
      visibleStates.map((state) => [{ state }, state === status.state ? 1 : 0]),
    ),
    renderFamily(
      'whaleware_ready',
      'gauge',
      'Whether the instance is ready: 1 in UP until a stop or restart.',
      [[{}, status.ready ? 1 : 0]],
    ),
    renderFamily('whaleware_state_since_seconds', 'gauge', 'For how long it has been in its state.', [
      [{}, (now - status.since) / 1000],
    ]),
    renderFamily('whaleware_restarts_total', 'counter', 'Restarts of the services since the boot.', [
      [{}, status.restarts],
    ]),
    ...renderServices(status, now),
    monitor
      ? renderFamily('whaleware_monitor_up', 'gauge', 'Whether the last monitor was healthy.', [
          [{}, monitor.ok ? 1 : 0],
        ])
      : '',
    monitor
      ? renderFamily('whaleware_monitor_age_seconds', 'gauge', 'How old it is.', [
          [{}, (now - monitor.at) / 1000],
        ])
      : '',
    monitor?.ok
      ? renderFamily('whaleware_stat', 'gauge', 'A number that the monitor printed.', statsOf(monitor.output))
      : '',
  ].join('')
}

function renderServices({ services }: InstanceStatus, now: number): string[] {
  if (services.length === 0) return []
  const each = (value: (service: ServiceStatus) => number): Sample[] =>
    services.map((service) => [{ service: service.name }, value(service)])
  return [
    renderFamily(
      'whaleware_service_ready',
      'gauge',
      'Whether the service is ready, or done.',
      each(({ state }) => (state === 'ready' || state === 'done' ? 1 : 0)),
    ),
    renderFamily(
      'whaleware_service_failed',
      'gauge',
      'Whether the service failed and waits for its next start.',
      each(({ state }) => (state === 'failed' ? 1 : 0)),
    ),
    renderFamily(
      'whaleware_service_restarts_total',
      'counter',
      'Restarts of the service since the boot.',
      each(({ restarts }) => restarts),
    ),
    renderFamily(
      'whaleware_service_state_since_seconds',
      'gauge',
      'For how long it has been in its state.',
      each(({ since }) => (now - since) / 1000),
    ),
  ]
}

function statsOf(output: string): Sample[] {
  try {
    // a key twice, as "a.b" and as b in a, would make Prometheus refuse the whole page
    return [...new Map(flatten(JSON.parse(output), ''))].map(([key, value]) => [{ key }, value])
  } catch {
    // a healthy monitor may have printed nothing
    return []
  }
}

function flatten(value: unknown, path: string): [string, number][] {
  if (typeof value === 'number') return [[path, value]]
  if (typeof value === 'boolean') return [[path, value ? 1 : 0]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => flatten(item, path === '' ? key : `${path}.${key}`))
}
