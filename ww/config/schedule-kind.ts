import { nearest } from '../base/nearest.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'
import type { Fault } from './problem.ts'
import { duration, type Kind, positiveDuration, text } from './setting-kinds.ts'
import { mustBe, Wrong, wrong } from './wrong.ts'

/** A hook on a schedule. */
export type Schedule = {
  readonly cron: string
  /** A random delay of up to this long before each run, so that a fleet does not run it at the same time. */
  readonly splay: number
  readonly timeout: number
  readonly timezone: string | null
}

const keys = ['cron', 'splay', 'timeout', 'timezone']

const schema: JsonObject = {
  type: 'object',
  propertyNames: { pattern: '^[\\w.-]+$' },
  additionalProperties: {
    anyOf: [
      text.schema,
      {
        type: 'object',
        properties: {
          cron: text.schema,
          splay: duration.schema,
          timeout: positiveDuration.schema,
          timezone: text.schema,
        },
        required: ['cron'],
        additionalProperties: false,
      },
    ],
  },
}

/** Hook to cron expression or to an object; `timeout` is the limit of a hook that has none of its own. */
export function schedules(timeout: number): Kind<Record<string, Schedule>> {
  return {
    schema,
    read(value) {
      if (!isObject(value)) return mustBe('must be an object from hook to cron expression', value)
      const faults: Fault[] = []
      const entries = Object.entries(value).map(([hook, given]): [string, Schedule] => {
        const read = readSchedule(hook, given, timeout)
        if (!(read instanceof Wrong)) return [hook, read]
        faults.push(...read.faults.map((fault) => ({ ...fault, below: [hook, ...fault.below] })))
        return [hook, { cron: '', splay: 0, timeout, timezone: null }]
      })
      return faults.length > 0 ? new Wrong(faults) : Object.fromEntries(entries)
    },
  }
}

function readSchedule(hook: string, given: JsonValue, timeout: number): Schedule | Wrong {
  if (!/^[\w.-]+$/.test(hook)) return wrong('cannot be a hook', 'a hook is the name of a file in usr/')
  const parts = typeof given === 'string' ? { cron: given } : given
  if (!isObject(parts)) return mustBe(`must be a cron expression or an object with ${keys.join(', ')}`, given)
  const faults: Fault[] = []
  const read = <T, U>(key: string, kind: Kind<T>, fallback: U): T | U => {
    const value = Object.hasOwn(parts, key) ? parts[key] : undefined
    if (value === undefined || value === null) return fallback
    const result = kind.read(value)
    if (!(result instanceof Wrong)) return result
    faults.push(...result.faults.map((fault) => ({ ...fault, below: [key] })))
    return fallback
  }
  const cron = read('cron', text, null)
  const schedule = {
    cron: cron ?? '',
    splay: read('splay', duration, 0),
    timeout: read('timeout', positiveDuration, timeout),
    timezone: read('timezone', text, null),
  }
  if (cron === null && faults.every(({ below }) => below[0] !== 'cron'))
    faults.push({
      below: ['cron'],
      kind: 'missing',
      problem: 'is missing',
      fix: 'write a cron expression, such as "0 3 * * *"',
    })
  faults.push(...findUnknown(hook, parts))
  return faults.length > 0 ? new Wrong(faults) : schedule
}

function findUnknown(hook: string, parts: JsonObject): Fault[] {
  return Object.keys(parts)
    .filter((key) => !keys.includes(key))
    .map((key): Fault => {
      const meant = nearest(key, keys)
      const fix = meant === undefined ? {} : { fix: `did you mean ww.schedule.${hook}.${meant}?` }
      return { below: [key], kind: 'unknown', problem: 'is not a setting', ...fix }
    })
}
