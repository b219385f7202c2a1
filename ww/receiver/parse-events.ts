import type { FleetEvent } from './model.ts'

/** The events of a request, or what is wrong with it: one sentence that names the event and the field. */
export type ParsedEvents = { readonly events: readonly FleetEvent[] } | { readonly problem: string }

type Values = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads the body of a request: one CloudEvent, a JSON array of them (application/cloudevents-batch+json), or one a line
 * (application/x-ndjson). `heardAt` is the time of arrival, in milliseconds.
 */
export function parseEvents(body: string, contentType: string, heardAt: number): ParsedEvents {
  const isLines = /\bndjson\b|\bjsonl\b/.test(contentType)
  const texts = isLines ? body.split('\n').filter((line) => line.trim() !== '') : [body]
  const events: FleetEvent[] = []
  for (const [index, text] of texts.entries()) {
    const value = parseJson(text)
    if (value === undefined) return { problem: `${isLines ? `line ${index + 1}` : 'the body'} is no JSON` }
    const items = Array.isArray(value) && !isLines ? value : [value]
    for (const item of items) {
      const parsed = parseEvent(item, heardAt)
      if (typeof parsed === 'string') {
        const which = isLines
          ? `line ${index + 1}: `
          : Array.isArray(value)
            ? `event ${events.length + 1}: `
            : ''
        return { problem: which + parsed }
      }
      events.push(parsed)
    }
  }
  return { events }
}

/** Reads one CloudEvent; a sentence when something about it is wrong. */
export function parseEvent(value: unknown, heardAt: number): FleetEvent | string {
  if (!isRecord(value)) return 'a CloudEvent is a JSON object'
  const { id, type, time, data, specversion } = value
  if (specversion !== '1.0') return 'specversion must be "1.0"'
  if (typeof id !== 'string' || id === '' || id.length > 200)
    return 'id must be a text of 1 to 200 characters'
  if (!isRecord(data)) return 'data must be an object'
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN
  if (Number.isNaN(at)) return 'time must be a time as ISO 8601'
  const sender = parseSender(data)
  if (typeof sender === 'string') return sender
  const common = { id, at, heardAt, ...sender }
  if (type === 'whaleware.stats') {
    if (typeof data.state !== 'string') return 'data.state must be a text'
    if (!isRecord(data.stats)) return 'data.stats must be an object'
    return { ...common, kind: 'stats', state: data.state, stats: data.stats }
  }
  if (type !== 'whaleware.lifecycle') return 'type must be "whaleware.lifecycle" or "whaleware.stats"'
  const { state, previous = null, reason = '', attempt = 0, previousMs = 0, crash } = data
  if (typeof state !== 'string' || state === '') return 'data.state must be a text'
  if (previous !== null && typeof previous !== 'string') return 'data.previous must be a text or null'
  if (typeof reason !== 'string') return 'data.reason must be a text'
  if (!isCount(attempt)) return 'data.attempt must be a whole number'
  if (typeof previousMs !== 'number' || !(previousMs >= 0)) return 'data.previousMs must be milliseconds'
  return {
    ...common,
    ...{ kind: 'lifecycle', state, previous, reason, attempt, previousMs, crashed: isRecord(crash) },
  }
}

type Sender = Pick<
  FleetEvent,
  'app' | 'instance' | 'version' | 'labels' | 'bootId' | 'sequence' | 'interval' | 'configHash'
>

function parseSender(data: Values): Sender | string {
  const {
    app = '',
    instance,
    version = '',
    labels = {},
    bootId,
    sequence,
    interval = null,
    configHash = '',
  } = data
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

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
