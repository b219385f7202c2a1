import { parseDuration } from '../base/duration.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'
import { signalNames } from './signal-names.ts'
import { isWebhookSecret } from './webhook-secret.ts'
import { mustBe, show, Wrong, wrong } from './wrong.ts'

/** A kind of setting: how a value of it is read, and what it is in JSON Schema. */
export type Kind<T> = {
  read(value: JsonValue): T | Wrong
  readonly schema: JsonObject
}

/** A timer of Node.js counts milliseconds in 31 bits; past that it would end immediately. */
const longest = 24 * 86_400_000

/** A string of one line. */
export const text: Kind<string> = {
  read(value) {
    if (typeof value !== 'string') return mustBe('must be a string', value)
    // it becomes an environment variable, a line of the log and a part of a URL
    const isPlain = value.isWellFormed() && !/\p{Cc}/u.test(value)
    return isPlain ? value : mustBe('must be a string without control characters', value)
  },
  schema: { type: 'string', pattern: '^\\P{Cc}*$' },
}

/** A string that no message shows. */
export const secret: Kind<string> = {
  read: (value) => (typeof value === 'string' ? value : wrong('must be a string')),
  schema: { type: 'string' },
}

/** The signing secret of a webhook; no message shows it. */
export const webhookSecret: Kind<string> = {
  read: (value) =>
    typeof value === 'string' && isWebhookSecret(value)
      ? value
      : wrong(
          'must be whsec_ and base64',
          'create one with echo "whsec_$(head -c 32 /dev/urandom | base64)"',
        ),
  schema: { type: 'string', pattern: '^(whsec_[A-Za-z0-9+/]+={0,2})?$' },
}

/** An HTTP or HTTPS URL. */
export const url: Kind<string> = {
  read: (value) =>
    typeof value === 'string' && /^https?:\/\//.test(value) && URL.canParse(value)
      ? value
      : mustBe('must be an http:// or https:// URL', value),
  schema: { type: 'string', pattern: '^(https?://.+)?$' },
}

/** Where a server listens. */
export const address: Kind<string> = {
  read(value) {
    const given = typeof value === 'number' ? String(value) : value
    const [, port] = (typeof given === 'string' && /^(?:.*:)?(\d+)$/.exec(given)) || []
    return typeof given === 'string' && port !== undefined && Number(port) <= 65_535
      ? given
      : mustBe('must be "host:port", ":port" or "port"', value)
  },
  schema: { type: ['string', 'integer'], pattern: '^((.*:)?\\d+)?$', minimum: 0, maximum: 65_535 },
}

/** A duration such as `30s`, in milliseconds. */
export const duration: Kind<number> = {
  read: readDuration,
  schema: { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$' },
}

/** A duration that is greater than 0. */
export const positiveDuration: Kind<number> = {
  read(value) {
    const ms = readDuration(value)
    return ms === 0 ? mustBe('must be greater than 0', value) : ms
  },
  schema: { type: 'string', pattern: '^(?=.*[1-9])\\d+(\\.\\d+)?(ms|s|m|h|d)$' },
}

/** An integer of at least 1. */
export const count: Kind<number> = {
  read: (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 1
      ? value
      : mustBe('must be an integer of at least 1', value),
  schema: { type: 'integer', minimum: 1 },
}

/** A number from 0 to 1. */
export const fraction: Kind<number> = {
  read: (value) =>
    typeof value === 'number' && value >= 0 && value <= 1
      ? value
      : mustBe('must be a number from 0 to 1', value),
  schema: { type: 'number', minimum: 0, maximum: 1 },
}

/** True or false. */
export const flag: Kind<boolean> = {
  read: (value) => (typeof value === 'boolean' ? value : mustBe('must be true or false', value)),
  schema: { type: 'boolean' },
}

/** An object whose values are strings, numbers and booleans; all are read as strings. */
export const textMap: Kind<Record<string, string>> = {
  read: (value) =>
    isObject(value) && Object.values(value).every(isScalar)
      ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]))
      : mustBe('must be an object of strings', value),
  schema: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
}

/** The name of a signal. */
export const signal: Kind<NodeJS.Signals> = {
  read: (value) =>
    signalNames.find((name) => name === value) ??
    mustBe('must be the name of a signal, such as "SIGTERM"', value),
  schema: { enum: [...signalNames] },
}

/** One of some words. */
export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  const listed = words.map((word) => JSON.stringify(word)).join(' or ')
  return {
    read: (value) => words.find((word) => word === value) ?? mustBe(`must be ${listed}`, value),
    schema: { enum: [...words] },
  }
}

function readDuration(value: JsonValue): number | Wrong {
  const ms = typeof value === 'string' ? parseDuration(value) : null
  if (ms !== null) return ms > longest ? mustBe('must be at most "24d"', value) : ms
  const safe = 'must be a duration with a unit, such as "30s", "500ms" or "5m"'
  if (!/^\d+(\.\d+)?$/.test(String(value))) return mustBe(safe, value)
  return new Wrong([{ below: [], problem: `${show(value)} has no unit`, fix: `write "${value}s"`, safe }])
}

function isScalar(value: JsonValue): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value)
}
