import { dataOf } from './chart-data.ts'
import { hasEnded } from './decide.ts'
import { dueAt } from './linear.ts'
import type { MachineRecord } from './record.ts'

/** A machine in a list. */
export function summarize(name: string, record: MachineRecord): object {
  return { name, state: record.state, revision: record.revision, ended: hasEnded(record) }
}

/** The whole machine, but for its history: the chart as a chart file has it. */
export function describeMachine(name: string, record: MachineRecord): object {
  const due = dueAt(record)
  return {
    ...summarize(name, record),
    ...(due !== null && { due: new Date(due).toISOString() }),
    chart: dataOf(record),
  }
}
