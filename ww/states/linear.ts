import type { LinearState, MachineRecord } from './record.ts'
import { parseTime } from './time.ts'

/** The current state of a linear machine; undefined for a general one. */
export function currentLinear({ chart, state }: MachineRecord): LinearState | undefined {
  return chart.kind === 'linear' ? chart.states.find(({ name }) => name === state) : undefined
}

/** When the current state's time comes, in milliseconds since 1970; null when it moves otherwise. */
export function dueAt(record: MachineRecord): number | null {
  const state = currentLinear(record)
  return state?.func === 'time' && state.target ? parseTime(String(state.target.when.value)) : null
}

/** Adds 1 to the count of the current state and moves on when that meets the target; null when it doesn't count. */
export function count(
  record: MachineRecord,
): { readonly record: MachineRecord; readonly what: string } | null {
  const state = currentLinear(record)
  if (!state?.current || !state.target) return null
  const { current, target } = state
  const value = Number(current.value) + 1
  const counted = replaceState(record, { ...state, current: { ...current, value } })
  const isMet = value >= Number(target.when.value)
  return {
    record: isMet ? enter(counted, target.name) : counted,
    what: `${record.state}: ${current.key} is ${value}`,
  }
}

/** A state that is entered again, since the line leads in a circle, counts anew. */
export function enter(record: MachineRecord, name: string): MachineRecord {
  const entered = { ...record, state: name }
  const state = currentLinear(entered)
  if (!state?.current || !state.target) return entered
  const isSpent = Number(state.current.value) >= Number(state.target.when.value)
  return isSpent ? replaceState(entered, { ...state, current: { ...state.current, value: 0 } }) : entered
}

function replaceState(record: MachineRecord, state: LinearState): MachineRecord {
  if (record.chart.kind !== 'linear') return record
  const states = record.chart.states.map((other) => (other.name === state.name ? state : other))
  return { ...record, chart: { kind: 'linear', states } }
}
