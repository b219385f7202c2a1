import { type Chart, reachable, statesOf } from './chart.ts'

/** What `parseChart` answers: the chart, or one sentence for each thing that is wrong with it. */
export type ParsedChart = { chart: Chart } | { problems: string[] }

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a chart out of data such as parsed JSON or YAML: `{initial: "A", states: {A: {done: "B"}, B: {}}}`.
 * Refuses targets that are no states, and states that cannot be reached from the initial one.
 */
export function parseChart(data: unknown): ParsedChart {
  if (!isRecord(data)) return { problems: ['a chart must be an object with "initial" and "states"'] }
  const { initial, states } = data
  if (!isRecord(states) || Object.keys(states).length === 0) {
    return { problems: ['"states" must be an object with at least one state'] }
  }
  const problems: string[] = []
  const names = Object.keys(states)
  if (typeof initial !== 'string' || !names.includes(initial)) {
    problems.push(`"initial" must be one of: ${names.join(', ')}`)
  }
  const parsed: Record<string, Record<string, string | null>> = Object.create(null)
  for (const name of names) {
    const answers = states[name]
    if (!isRecord(answers)) {
      problems.push(`"states.${name}" must be an object from event to state`)
      continue
    }
    const targets: Record<string, string | null> = Object.create(null)
    for (const [event, target] of Object.entries(answers)) {
      if (target === null || (typeof target === 'string' && names.includes(target))) targets[event] = target
      else problems.push(`"states.${name}.${event}" leads to ${JSON.stringify(target)}, which is no state`)
    }
    parsed[name] = targets
  }
  if (problems.length > 0 || typeof initial !== 'string') return { problems }
  const chart: Chart = { initial, states: parsed }
  const reached = reachable(chart)
  const lost = statesOf(chart).filter((state) => !reached.has(state))
  if (lost.length > 0)
    return { problems: lost.map((state) => `"states.${state}" cannot be reached from "${initial}"`) }
  return { chart }
}
