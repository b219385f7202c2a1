import { constants } from 'node:os'
import { parseDuration } from './duration.ts'
import { isObject } from './json.ts'
import type { Kind } from './settings-table.ts'

/** What a value must be, for the person who wrote another one. */
export class Problem {
  readonly sentence: string
  constructor(sentence: string) {
    this.sentence = sentence
  }
}

const readDuration = (value: unknown): number | Problem => {
  const ms = typeof value === 'string' ? parseDuration(value) : null
  return ms ?? new Problem('must be a duration with a unit, such as "30s", "500ms" or "5m"')
}

/** How each kind of value is read; a Problem says what it must be. */
export const readers: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  text: (value) => (typeof value === 'string' ? value : new Problem('must be a string')),
  duration: readDuration,
  count: (value) =>
    Number.isInteger(value) && Number(value) >= 1
      ? value
      : new Problem('must be a whole number of at least 1'),
  fraction: (value) =>
    typeof value === 'number' && value >= 0 && value <= 1
      ? value
      : new Problem('must be a number from 0 to 1'),
  flag: (value) => (typeof value === 'boolean' ? value : new Problem('must be true or false')),
  list: (value) =>
    Array.isArray(value) && value.every(isRequirement)
      ? value
      : new Problem('must be a list of tcp://host:port, http://…, file:/path or exec:command'),
  map: (value) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
      : new Problem('must be an object'),
  signal: (value) =>
    typeof value === 'string' && value in constants.signals
      ? value
      : new Problem('must be the name of a signal, such as "SIGTERM"'),
  on_error: (value) =>
    value === 'exit' || value === 'hold' ? value : new Problem('must be "exit" or "hold"'),
  schedules: readSchedules,
}

function readSchedules(value: unknown): unknown {
  if (!isObject(value)) return new Problem('must be an object from hook to cron expression')
  for (const schedule of Object.values(value)) {
    const parts = typeof schedule === 'string' ? { cron: schedule } : schedule
    const known =
      isObject(parts) &&
      Object.keys(parts).every((key) => ['cron', 'splay', 'timeout', 'timezone'].includes(key))
    if (!known || typeof parts.cron !== 'string')
      return new Problem('must give each hook a cron expression, or {"cron", "splay", "timeout", "timezone"}')
    if (
      [parts.splay, parts.timeout].some(
        (duration) => duration !== undefined && readDuration(duration) instanceof Problem,
      )
    ) {
      return new Problem('must give splay and timeout as durations, such as "5m"')
    }
  }
  return value
}

function isRequirement(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    (/^(tcp|https?):\/\//.test(value) ? URL.canParse(value) : /^(file|exec):./.test(value))
  )
}
