import { constants } from 'node:os'
import { parseDuration } from '../base/duration.ts'
import { isObject } from './json.ts'
import type { Kind } from './settings-table.ts'

/** What a value must be, for the person who wrote another one. */
export class Problem {
  readonly sentence: string
  constructor(sentence: string) {
    this.sentence = sentence
  }
}

/** A timer of Node.js counts milliseconds in 31 bits; past that it would fire at once. */
const longest = 24 * 86_400_000

/** How each kind of value is read; a Problem says what it must be. */
export const readers: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  text: (value) => (typeof value === 'string' ? value : new Problem('must be a string')),
  secret: (value) => (typeof value === 'string' ? value || null : new Problem('must be a string')),
  url: readUrl,
  address: readAddress,
  duration: readDuration,
  limit: (value) => {
    const ms = readDuration(value)
    return ms === 0 ? new Problem('must be longer than nothing') : ms
  },
  count: (value) =>
    Number.isSafeInteger(value) && Number(value) >= 1
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
    isObject(value) &&
    Object.values(value).every((text) => ['string', 'number', 'boolean'].includes(typeof text))
      ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
      : new Problem('must be an object of strings'),
  signal: (value) =>
    typeof value === 'string' && Object.hasOwn(constants.signals, value)
      ? value
      : new Problem('must be the name of a signal, such as "SIGTERM"'),
  on_error: (value) =>
    value === 'exit' || value === 'hold' ? value : new Problem('must be "exit" or "hold"'),
}

/** A value as an error shows it: JSON, cut short. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

function readDuration(value: unknown): number | Problem {
  const ms = typeof value === 'string' ? parseDuration(value) : null
  if (ms === null) return new Problem('must be a duration with a unit, such as "30s", "500ms" or "5m"')
  return ms > longest ? new Problem('must be at most "24d"') : ms
}

function readUrl(value: unknown): unknown {
  if (value === '') return null
  return typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)
    ? value
    : new Problem('must be an http:// or https:// URL')
}

function readAddress(value: unknown): unknown {
  const text = typeof value === 'number' ? String(value) : value
  if (text === '') return null
  const [, port] = (typeof text === 'string' && /^(?:.*:)?(\d+)$/.exec(text)) || []
  return port !== undefined && Number(port) <= 65_535
    ? text
    : new Problem('must be "host:port", ":port" or "port"')
}

function isRequirement(value: unknown): boolean {
  if (typeof value !== 'string') return false
  if (/^tcp:\/\//.test(value)) return URL.canParse(value) && new URL(value).port !== ''
  return /^https?:\/\//.test(value) ? URL.canParse(value) : /^(file|exec):./.test(value)
}
