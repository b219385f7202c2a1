import { nearest } from '../base/nearest.ts'
import { type Data, isData, type Problem, quote } from './problem.ts'
import type { LinearState, MachineChart } from './record.ts'
import { parseTime } from './time.ts'

type Refuse = (path: Problem['path'], message: string) => undefined

/** What a chart's data comes to: the chart with the state that it is in, or what is wrong. */
export type ParsedChart = { readonly chart: MachineChart; readonly state: string } | readonly Problem[]

/** Reads the linear kind: `current_state`, and `states` as a list, each leading to the next by its own condition. */
export function parseLinear(data: Data, list: readonly unknown[]): ParsedChart {
  const problems: Problem[] = []
  const refuse: Refuse = (path, message) => void problems.push({ path, message })
  const states = list.map((item, index) => parseState(item, ['states', index], refuse))
  // a state that is wrong in itself is there all the same
  const names = list.map((item) => (isData(item) && typeof item.name === 'string' ? item.name : undefined))
  for (const [index, state] of states.entries()) {
    if (!state) continue
    if (names.indexOf(state.name) < index)
      refuse(['states', index, 'name'], `there is another state "${state.name}"`)
    if (state.target && !names.includes(state.target.name)) {
      refuse(['states', index, 'target', 'name'], noState(state.target.name, names))
    }
  }
  const state = data.current_state
  if (typeof state !== 'string' || !names.includes(state))
    refuse(['current_state'], `"current_state": ${noState(state, names)}`)
  if (problems.length > 0 || typeof state !== 'string') return problems
  const chart = states.filter((parsed) => parsed !== undefined)
  // a machine that has moved on is a chart as well: what lies behind it is reached from the first state, or was
  // when it began
  if (Number(data.revision ?? 0) > 0) return { chart: { kind: 'linear', states: chart }, state }
  const reached = reach(chart, [state, chart[0]?.name])
  for (const [index, { name }] of chart.entries()) {
    if (!reached.has(name)) refuse(['states', index], `the state "${name}" cannot be reached`)
  }
  return problems.length > 0 ? problems : { chart: { kind: 'linear', states: chart }, state }
}

function parseState(item: unknown, path: Problem['path'], refuse: Refuse): LinearState | undefined {
  if (!isData(item)) return refuse(path, 'a state must have a "name"')
  const { name, func } = item
  if (typeof name !== 'string' || name === '')
    return refuse([...path, 'name'], `a state's "name" must be text, not ${quote(name)}`)
  if (func === undefined || func === null) return { name }
  const target = parseTarget(item.target, [...path, 'target'], refuse)
  if (func === 'time') return target && parseTimed(name, target, path, refuse)
  if (func === 'increment') return target && parseCounted(name, item.current, target, path, refuse)
  const meant = typeof func === 'string' ? nearest(func, ['increment', 'time']) : undefined
  return refuse(
    [...path, 'func'],
    `"func" must be increment or time, not ${quote(func)}${meant ? `; did you mean "${meant}"?` : ''}`,
  )
}

type Target = { readonly name: string; readonly when: Pair }
type Pair = { readonly key: string; readonly value: unknown }

function parseTarget(target: unknown, path: Problem['path'], refuse: Refuse): Target | undefined {
  if (!isData(target) || typeof target.name !== 'string')
    return refuse(path, 'a state with a "func" needs a "target" with the "name" of a state')
  const when = parsePair(target.when, [...path, 'when'], refuse)
  return when && { name: target.name, when }
}

function parsePair(pair: unknown, path: Problem['path'], refuse: Refuse): Pair | undefined {
  if (isData(pair) && typeof pair.key === 'string') return { key: pair.key, value: pair.value }
  return refuse(path, `"${path.at(-1)}" must have a "key" and a "value"`)
}

function parseTimed(
  name: string,
  { name: to, when }: Target,
  path: Problem['path'],
  refuse: Refuse,
): LinearState | undefined {
  const { key, value } = when
  if (typeof value !== 'string' || parseTime(value) === null) {
    return refuse(
      [...path, 'target', 'when', 'value'],
      `the "value" of a timed state must be an ISO time such as 2026-11-21T04:00:00Z, not ${quote(value)}`,
    )
  }
  return { name, func: 'time', target: { name: to, when: { key, value } } }
}

function parseCounted(
  name: string,
  from: unknown,
  { name: to, when }: Target,
  path: Problem['path'],
  refuse: Refuse,
): LinearState | undefined {
  const current = parsePair(from, [...path, 'current'], refuse)
  if (!current) return undefined
  const [count, goal] = [current.value, when.value]
  if (typeof count !== 'number' || !Number.isFinite(count))
    return refuse([...path, 'current', 'value'], `"value" must be a number, not ${quote(count)}`)
  if (typeof goal !== 'number' || !Number.isFinite(goal))
    return refuse([...path, 'target', 'when', 'value'], `"value" must be a number, not ${quote(goal)}`)
  return {
    name,
    func: 'increment',
    current: { key: current.key, value: count },
    target: { name: to, when: { key: when.key, value: goal } },
  }
}

function noState(name: unknown, names: readonly (string | undefined)[]): string {
  const known = names.filter((other) => other !== undefined)
  return `${quote(name)} is no state; there are: ${known.join(', ')}`
}

function reach(
  states: readonly LinearState[],
  from: readonly (string | undefined)[],
): Set<string | undefined> {
  const seen = new Set(from)
  for (const name of seen) {
    const target = states.find((state) => state.name === name)?.target
    if (target) seen.add(target.name)
  }
  return seen
}
