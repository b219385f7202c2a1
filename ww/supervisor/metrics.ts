import { statesOf } from '../chart/chart.ts'
import { renderFamily } from '../http/prometheus.ts'
import { targetChart } from './target/chart.ts'
import type { TargetView } from './target/view.ts'

/** All targets as Prometheus text. */
export function renderMetrics(targets: readonly TargetView[]): string {
  const states = targets.flatMap(({ url, state }) =>
    statesOf(targetChart).map((other) => [{ url, state: other }, other === state ? 1 : 0] as const),
  )
  const pings = targets.flatMap(({ url, lastPing }) =>
    lastPing ? [[{ url }, lastPing.ms / 1000] as const] : [],
  )
  return [
    renderFamily('whaleware_target_state', 'gauge', 'Whether the target is in this state.', states),
    renderFamily(
      'whaleware_target_restarts_total',
      'counter',
      'How often it was started again.',
      targets.map(({ url, restarts }) => [{ url }, restarts]),
    ),
    renderFamily('whaleware_target_ping_seconds', 'gauge', 'How long the last ping took.', pings),
  ].join('')
}
