import { type Chart, reachable, statesOf } from '../chart/chart.ts'
import type { ParsedChart } from './parse-linear.ts'
import { type Data, isData, type Problem, quote } from './problem.ts'

/**
 * Reads the general kind: `initial`, and `states` by name, each with `on`: the events that it answers and the state
 * that each leads to. `current_state` is where the machine is, when it isn't at its beginning.
 */
export function parseGeneral(data: Data, states: Data): ParsedChart {
  const problems: Problem[] = []
  const names = Object.keys(states)
  const isState = (name: unknown): name is string => typeof name === 'string' && names.includes(name)
  const refuse = (path: Problem['path'], name: unknown): void => {
    const message = `${quote(name)} is no state; there are: ${names.join(', ')}`
    problems.push({ path, message })
  }
  const answers: Record<string, Record<string, string | null>> = Object.create(null)
  for (const name of names) answers[name] = parseAnswers(states[name], name, isState, refuse, problems)
  const { initial = data.current_state, current_state: state = initial } = data
  if (!isState(initial)) refuse(['initial'], initial)
  if (!isState(state)) refuse(['current_state'], state)
  if (problems.length > 0 || !isState(initial) || !isState(state)) return problems
  const chart: Chart = { initial, states: answers }
  const reached = reachable(chart)
  for (const name of statesOf(chart)) {
    if (!reached.has(name))
      problems.push({
        path: ['states', name],
        message: `the state "${name}" cannot be reached from "${initial}"`,
      })
  }
  return problems.length > 0 ? problems : { chart: { kind: 'chart', chart }, state }
}

function parseAnswers(
  state: unknown,
  name: string,
  isState: (target: unknown) => target is string,
  refuse: (path: Problem['path'], target: unknown) => void,
  problems: Problem[],
): Record<string, string | null> {
  const answers: Record<string, string | null> = Object.create(null)
  if (state === null || (isData(state) && Object.keys(state).length === 0)) return answers
  const events = isData(state) ? state.on : undefined
  if (!isData(events)) {
    problems.push({
      path: ['states', name],
      message: `the state "${name}" must have "on" with an event and its target, such as on: {done: NEXT}, or be empty`,
    })
    return answers
  }
  for (const [event, target] of Object.entries(events)) {
    if (target === null || isState(target)) answers[event] = target
    else refuse(['states', name, 'on', event], target)
  }
  return answers
}
