import { parseGeneral } from './parse-general.ts'
import { parseLinear } from './parse-linear.ts'
import { isData, type Problem, quote } from './problem.ts'
import type { HistoryEntry, MachineRecord } from './record.ts'

/** What data comes to: a machine, or what is wrong with it. */
export type ParsedMachine = { readonly record: MachineRecord } | { readonly problems: readonly Problem[] }

/**
 * Reads a machine out of parsed YAML or JSON: a chart, linear when `states` is a list, and, when it was kept before,
 * its revision, history and idempotency keys.
 */
export function parseMachine(data: unknown): ParsedMachine {
  if (!isData(data)) return failed([], 'a chart must have "current_state" and "states"')
  const { states, revision = 0, history = [], keys = {} } = data
  const isList = Array.isArray(states)
  if ((!isList && !isData(states)) || Object.keys(states).length === 0)
    return failed(['states'], '"states" must be a list of states, or an object of them, and not empty')
  const parsed = isList ? parseLinear(data, states) : parseGeneral(data, states)
  if (!('chart' in parsed)) return { problems: parsed }
  if (!isCount(revision)) return failed(['revision'], `"revision" must be a number, not ${quote(revision)}`)
  const wrong = Array.isArray(history) ? history.findIndex((entry) => !isEntry(entry)) : 0
  if (!Array.isArray(history) || wrong >= 0)
    return failed(['history', wrong], 'an entry of "history" needs revision, at, by, what and state')
  if (!isKeys(keys)) return failed(['keys'], '"keys" must lead from idempotency keys to revisions')
  return { record: { revision, ...parsed, history: history.filter(isEntry), keys } }
}

function failed(path: Problem['path'], message: string): ParsedMachine {
  return { problems: [{ path, message }] }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isKeys(value: unknown): value is Record<string, number> {
  return isData(value) && Object.values(value).every(isCount)
}

function isEntry(value: unknown): value is HistoryEntry {
  if (!isData(value) || !isCount(value.revision)) return false
  return [value.at, value.by, value.what, value.state].every((text) => typeof text === 'string')
}
