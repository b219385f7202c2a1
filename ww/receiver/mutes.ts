import { parseDuration } from '../base/duration.ts'
import type { Alert } from './alerts.ts'

/** What nobody is to be told of for a while, whatever the instances report meanwhile; plain JSON. */
export type Mute = {
  readonly id: string
  /** What an alert must match, all of those that are not null. */
  readonly app: string | null
  readonly instance: string | null
  readonly host: string | null
  readonly rule: string | null
  /** In milliseconds since the epoch, like `madeAt`. */
  readonly until: number
  readonly madeAt: number
  readonly reason: string
}

const matched = ['app', 'instance', 'host', 'rule'] as const
const known = [...matched, 'for', 'until', 'reason']

/** Reads what somebody wants muted; the answer is a sentence when it is wrong. */
export function parseMute(data: unknown, id: string, now: number): Mute | string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'a mute is a JSON object'
  const fields: Readonly<Record<string, unknown>> = { ...data }
  const odd = Object.keys(fields).find((key) => !known.includes(key))
  if (odd !== undefined) return `a mute has no "${odd}"; there are ${known.join(', ')}`
  const wrong = [...matched, 'reason'].find((key) => !isWord(fields[key]))
  if (wrong !== undefined) return `"${wrong}" must be a word`
  if (matched.every((key) => fields[key] === undefined))
    return 'a mute says what it is for: app, instance, host or rule'
  const until = readEnd(fields, now)
  if (typeof until === 'string') return until
  const word = (key: string): string | null => (typeof fields[key] === 'string' ? fields[key] : null)
  return {
    ...{ id, app: word('app'), instance: word('instance'), host: word('host'), rule: word('rule') },
    ...{ until, madeAt: now, reason: word('reason') ?? '' },
  }
}

/** Whether somebody has muted an alert; the instance is matched by its name or its id. */
export function isMuted(alert: Alert, mutes: readonly Mute[], now: number): boolean {
  return mutes.some(
    ({ app, instance, host, rule, until }) =>
      until > now &&
      (app === null || app === alert.app) &&
      (instance === null || instance === alert.instance || instance === alert.id) &&
      (host === null || host === alert.host) &&
      (rule === null || rule === alert.rule),
  )
}

function isWord(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value !== '' && value.length <= 1000)
}

function readEnd(fields: Readonly<Record<string, unknown>>, now: number): number | string {
  const { for: time, until } = fields
  if ((time === undefined) === (until === undefined)) return 'a mute says how long: "for": "2h", or "until"'
  if (time !== undefined) {
    const ms = typeof time === 'string' ? parseDuration(time) : null
    return ms === null || ms <= 0 ? '"for" must be a duration such as 30m, 2h or 1d' : now + ms
  }
  const at = typeof until === 'string' ? Date.parse(until) : Number.NaN
  if (Number.isNaN(at)) return '"until" must be a time in ISO 8601'
  return at > now ? at : '"until" is past'
}
