import type { OutgoingAlert } from './alert-sender.ts'
import type { Alert } from './alerts.ts'
import type { Mute } from './mutes.ts'

/** What of the alerts outlives the receiver; plain JSON. */
export type AlertRecord = {
  readonly alerts: readonly Alert[]
  /** What no webhook has taken yet, in order. */
  readonly outgoing: readonly OutgoingAlert[]
}

/** Reads what was kept; what has another shape, or is not there, is left out. */
export function parseAlertRecord(data: unknown): AlertRecord {
  const list = (key: string): unknown[] => {
    const value = isFields(data) ? data[key] : null
    return Array.isArray(value) ? value : []
  }
  return {
    alerts: list('alerts').filter(isAlert),
    outgoing: list('outgoing').filter(isOutgoing),
  }
}

/** The alerts of one who goes on where another ended: what that one kept of an alert holds. */
export function goOn(kept: readonly Alert[], own: readonly Alert[]): readonly Alert[] {
  const isKept = ({ rule, id }: Alert): boolean => kept.some((one) => one.rule === rule && one.id === id)
  return [...kept, ...own.filter((alert) => !isKept(alert))]
}

/** Reads the mutes that were kept, likewise. */
export function parseMutes(data: unknown): readonly Mute[] {
  return Array.isArray(data) ? data.filter(isMute) : []
}

function isFields(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null
}

function isAlert(data: unknown): data is Alert {
  if (!isFields(data)) return false
  const isTold = data.told === null || data.told === 'firing' || data.told === 'resolved'
  return (
    has(data, 'string', ['rule', 'id', 'app', 'instance', 'host', 'version', 'what', 'reason']) &&
    has(data, 'number', ['since', 'seenAt', 'firedAt']) &&
    hasTimes(data, ['resolvedAt', 'awayAt']) &&
    (data.status === 'firing' || data.status === 'resolved') &&
    isTold
  )
}

function isMute(data: unknown): data is Mute {
  if (!isFields(data) || !has(data, 'string', ['id', 'reason'])) return false
  const isMatch = (key: string): boolean => data[key] === null || typeof data[key] === 'string'
  return has(data, 'number', ['until', 'madeAt']) && ['app', 'instance', 'host', 'rule'].every(isMatch)
}

function isOutgoing(data: unknown): data is OutgoingAlert {
  return isFields(data) && has(data, 'string', ['id', 'url', 'body'])
}

function has(data: Readonly<Record<string, unknown>>, type: string, keys: readonly string[]): boolean {
  return keys.every((key) => typeof data[key] === type)
}

function hasTimes(data: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
  return keys.every((key) => data[key] === null || typeof data[key] === 'number')
}
