import { parseDuration } from '../base/duration.ts'
import { nearest } from '../base/nearest.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'
import { Problem, readers, show } from './setting-kinds.ts'
import type { Schedule } from './settings.ts'

const keys = ['cron', 'splay', 'timeout', 'timezone']

/** Reads `ww.schedule`: hook to cron expression or to an object; sentences about what is wrong go to `problems`. */
export function readSchedules(
  given: JsonValue,
  limit: number,
  problems: string[],
): Readonly<Record<string, Schedule>> {
  if (!isObject(given)) {
    problems.push(`ww.schedule must be an object from hook to cron expression, not ${show(given)}`)
    return {}
  }
  const schedules = Object.entries(given).map(([hook, value]) => {
    const path = `ww.schedule.${hook}`
    if (!/^[\w.-]+$/.test(hook)) problems.push(`${path} is no hook: a hook is the name of a file`)
    const parts = typeof value === 'string' ? { cron: value } : value
    if (isObject(parts)) return [hook, readSchedule(parts, path, limit, problems)] as const
    problems.push(
      `${path} must be a cron expression or an object with ${keys.join(', ')}, not ${show(value)}`,
    )
    return [hook, readSchedule({ cron: '' }, path, limit, [])] as const
  })
  return Object.fromEntries(schedules)
}

function readSchedule(parts: JsonObject, path: string, limit: number, problems: string[]): Schedule {
  const { cron, splay, timeout, timezone = null } = parts
  for (const key of Object.keys(parts).filter((key) => !keys.includes(key))) {
    const meant = nearest(key, keys)
    problems.push(`there is no setting ${path}.${key}${meant ? `; did you mean ${path}.${meant}?` : ''}`)
  }
  if (typeof cron !== 'string') problems.push(`${path}.cron must be a cron expression, not ${show(cron)}`)
  if (timezone !== null && typeof timezone !== 'string')
    problems.push(`${path}.timezone must be a name such as "Europe/Prague", not ${show(timezone)}`)
  const read = (key: string, kind: 'duration' | 'limit', value: JsonValue | undefined): number | null => {
    if (value === undefined || value === null) return null
    const problem = readers[kind](value)
    if (problem instanceof Problem) problems.push(`${path}.${key} ${problem.sentence}, not ${show(value)}`)
    return parseDuration(String(value))
  }
  return {
    cron: String(cron),
    splay: read('splay', 'duration', splay) ?? 0,
    timeout: read('timeout', 'limit', timeout) ?? limit,
    timezone: timezone === null ? null : String(timezone),
  }
}
