import { isRecord } from '../base/record.ts'
import type { FleetEvent } from './model.ts'

type Values = Readonly<Record<string, unknown>>

/** What the data of an event adds to what all events have. */
type Facts = {
  [Kind in FleetEvent['kind']]: Omit<
    Extract<FleetEvent, { kind: Kind }>,
    keyof Sender | 'id' | 'at' | 'heardAt'
  >
}[FleetEvent['kind']]

/** How the data of each known type is read; a sentence when something about it is wrong. */
const readers: Readonly<Record<string, (data: Values) => Facts | string>> = {
  'whaleware.lifecycle': readLifecycle,
  'whaleware.stats': readStats,
  'whaleware.service': readService,
  'whaleware.schedule': readSchedule,
}

/**
 * Reads one CloudEvent; a sentence when something about it is wrong. One of an unknown type is stored as it is, since a
 * newer instance may send it; null when it does not say whose it is or in which order, and there is nothing to store.
 */
export function parseEvent(value: unknown, heardAt: number): FleetEvent | string | null {
  if (!isRecord(value)) return 'a CloudEvent is a JSON object'
  const { id, type, time, data, specversion } = value
  if (specversion !== '1.0') return 'specversion must be "1.0"'
  if (typeof id !== 'string' || id === '' || id.length > 200)
    return 'id must be a text of 1 to 200 characters'
  if (typeof type !== 'string' || type === '' || type.length > 200)
    return 'type must be a text of 1 to 200 characters'
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined
  const isTimed = read !== undefined || time !== undefined
  const at = typeof time === 'string' ? Date.parse(time) : isTimed ? Number.NaN : heardAt
  if (read === undefined && !isRecord(data)) return null
  if (!isRecord(data)) return 'data must be an object'
  if (Number.isNaN(at)) return 'time must be a time as ISO 8601'
  const sender = parseSender(data)
  if (typeof sender === 'string') return read === undefined ? null : sender
  const facts = read === undefined ? readOther(type, data) : read(data)
  return typeof facts === 'string' ? facts : { id, at, heardAt, ...sender, ...facts }
}

function readLifecycle(data: Values): Facts | string {
  const { state, previous = null, reason = '', attempt = 0, previousMs = 0, crash } = data
  if (typeof state !== 'string' || state === '') return 'data.state must be a text'
  if (previous !== null && typeof previous !== 'string') return 'data.previous must be a text or null'
  if (typeof reason !== 'string') return 'data.reason must be a text'
  if (!isCount(attempt)) return 'data.attempt must be a whole number'
  if (typeof previousMs !== 'number' || !(previousMs >= 0)) return 'data.previousMs must be milliseconds'
  return { kind: 'lifecycle', state, previous, reason, attempt, previousMs, crashed: isRecord(crash) }
}

function readStats({ state, stats }: Values): Facts | string {
  if (typeof state !== 'string') return 'data.state must be a text'
  return isRecord(stats) ? { kind: 'stats', state, stats } : 'data.stats must be an object'
}

function readService(data: Values): Facts | string {
  const { service, state, previous = null, reason = '', restarts = 0, pid = null } = data
  if (!isName(service)) return 'data.service must be a text of 1 to 200 characters'
  if (!isName(state)) return 'data.state must be a text of 1 to 200 characters'
  if (previous !== null && typeof previous !== 'string') return 'data.previous must be a text or null'
  if (typeof reason !== 'string') return 'data.reason must be a text'
  if (!isCount(restarts)) return 'data.restarts must be a whole number'
  if (pid !== null && !isCount(pid)) return 'data.pid must be a whole number or null'
  return { kind: 'service', service, state, previous, reason, restarts, pid }
}

function readSchedule(data: Values): Facts | string {
  const { hook, result, reason = '', ms = null, nextAt = null } = data
  if (!isName(hook)) return 'data.hook must be a text of 1 to 200 characters'
  if (!isName(result)) return 'data.result must be a text of 1 to 200 characters'
  if (typeof reason !== 'string') return 'data.reason must be a text'
  if (ms !== null && !(typeof ms === 'number' && ms >= 0)) return 'data.ms must be milliseconds, or null'
  const next = typeof nextAt === 'string' ? Date.parse(nextAt) : null
  if (Number.isNaN(next) || (next === null && nextAt !== null))
    return 'data.nextAt must be a time as ISO 8601, or null'
  return { kind: 'schedule', hook, result, reason, ms, nextAt: next }
}

/** What is known of the sender is stored once. */
function readOther(type: string, data: Values): Facts {
  const own = Object.entries(data).filter(([key]) => !senderKeys.includes(key))
  return { kind: 'other', type, data: Object.fromEntries(own) }
}

type Sender = Pick<
  FleetEvent,
  'app' | 'instance' | 'version' | 'labels' | 'bootId' | 'sequence' | 'interval' | 'configHash'
>

const senderKeys: readonly string[] = [
  ...['app', 'instance', 'version', 'labels', 'bootId', 'sequence', 'interval', 'configHash'],
]

function parseSender(data: Values): Sender | string {
  const { app = '', instance, version = '', labels = {}, bootId, configHash = '' } = data
  const { sequence, interval = null } = data
  if (typeof instance !== 'string' || instance === '') return 'data.instance must be a text'
  for (const [name, text] of Object.entries({ app, instance, version, configHash })) {
    if (typeof text !== 'string' || text.length > 200)
      return `data.${name} must be a text of at most 200 characters`
  }
  if (typeof bootId !== 'string' || bootId === '' || bootId.length > 100) return 'data.bootId must be a text'
  if (!isCount(sequence) || sequence === 0) return 'data.sequence must be a whole number from 1'
  if (interval !== null && !(typeof interval === 'number' && interval > 0))
    return 'data.interval must be milliseconds, or null'
  if (!isRecord(labels) || !Object.values(labels).every((text) => typeof text === 'string'))
    return 'data.labels must be an object from name to text'
  return {
    ...{ app: String(app), instance, version: String(version), bootId, sequence, interval },
    ...{ configHash: String(configHash), labels: labels as Readonly<Record<string, string>> },
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 200
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
