import { isRecord } from '../base/record.ts'
import { findUnkeepable } from './keepable.ts'
import type { FleetEvent } from './model.ts'
import { parseEvent } from './parse-event.ts'

/** An event that cannot be stored: which of the request's it is, counted from 1, its id if it has one, and why. */
export type RefusedEvent = { readonly event: number; readonly id: string | null; readonly message: string }

/** The events of a request, or what is wrong with all of it: one sentence. */
export type ParsedEvents =
  | {
      readonly events: readonly FleetEvent[]
      readonly refused: readonly RefusedEvent[]
      /** How many are of a type that is not known, and not stored. */
      readonly ignored: number
    }
  | { readonly problem: string }

/**
 * Reads the body of a request: one CloudEvent, a JSON array of them (application/cloudevents-batch+json), or one a line
 * (application/x-ndjson). One that is wrong does not take the others with it. `heardAt` is the time of arrival, in
 * milliseconds.
 */
export function parseEvents(body: string, contentType: string, heardAt: number): ParsedEvents {
  const isLines = /\bndjson\b|\bjsonl\b/.test(contentType)
  const lines = isLines ? body.split('\n').filter((line) => line.trim() !== '') : []
  const whole = isLines ? undefined : parseJson(body)
  if (!isLines && whole === undefined) return { problem: 'the body is no JSON' }
  const isBatch = isLines || Array.isArray(whole)
  const items: readonly unknown[] = isLines ? lines.map(parseJson) : Array.isArray(whole) ? whole : [whole]
  const events: FleetEvent[] = []
  const refused: RefusedEvent[] = []
  let ignored = 0
  for (const [index, item] of items.entries()) {
    const parsed = item === undefined ? 'it is no JSON' : parseEvent(item, heardAt)
    const event = typeof parsed === 'string' || parsed === null ? parsed : (findUnkeepable(parsed) ?? parsed)
    if (event === null) ignored += 1
    else if (typeof event !== 'string') events.push(event)
    else refused.push({ event: index + 1, id: idOf(item), message: event })
  }
  const [first] = refused
  if (first === undefined || events.length + ignored > 0) return { events, refused, ignored }
  // nothing of it can be stored
  const which = isBatch ? `${isLines ? 'line' : 'event'} ${first.event}: ` : ''
  return { problem: which + first.message }
}

function idOf(item: unknown): string | null {
  return isRecord(item) && typeof item.id === 'string' ? item.id.slice(0, 200) : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
