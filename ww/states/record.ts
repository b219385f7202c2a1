import type { Chart } from '../chart/chart.ts'

/** A state of a linear machine, as the YAML of the original has it. */
export type LinearState = {
  readonly name: string
  /** Absent in a final state. */
  readonly func?: 'increment' | 'time'
  readonly current?: { readonly key: string; readonly value: string | number }
  readonly target?: {
    readonly name: string
    readonly when: { readonly key: string; readonly value: string | number }
  }
}

/** What moves a machine: a line of states, each with its own condition, or a general chart with events. */
export type MachineChart =
  | { readonly kind: 'linear'; readonly states: readonly LinearState[] }
  | { readonly kind: 'chart'; readonly chart: Chart }

/** One accepted change. */
export type HistoryEntry = {
  readonly revision: number
  /** ISO 8601. */
  readonly at: string
  /** Who asked: the token's name, or the address. */
  readonly by: string
  /** What was done, such as `increment nodes to 2` or `event done`. */
  readonly what: string
  readonly state: string
}

/** All that is kept of a machine; plain data that is readable as YAML. */
export type MachineRecord = {
  /** Grows by one with each change; the ETag. */
  readonly revision: number
  readonly state: string
  readonly chart: MachineChart
  /** The newest last; at most 1,000. */
  readonly history: readonly HistoryEntry[]
  /** Idempotency key to the revision that it made, the newest last; at most 1,000. */
  readonly keys: Readonly<Record<string, number>>
}
