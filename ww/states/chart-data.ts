import type { MachineRecord } from './record.ts'

/** A machine's chart as the data that a chart file has. */
export function dataOf({ chart, state }: MachineRecord): object {
  if (chart.kind === 'linear') return { current_state: state, states: chart.states }
  const states = Object.entries(chart.chart.states).map(([name, on]) => [
    name,
    Object.keys(on).length === 0 ? {} : { on },
  ])
  return { initial: chart.chart.initial, current_state: state, states: Object.fromEntries(states) }
}
