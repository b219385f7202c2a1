import { isRecord, parseRecord } from '../base/record.ts'
import { formatDuration } from '../base/text.ts'
import { onOneLine } from './status-text.ts'

/** One line of the event log. */
export type LoggedEvent = {
  /** `instance`, or the service or hook that it is about. */
  readonly subject: string
  readonly state: string
  readonly previous: string | null
  readonly reason: string
  readonly previousMs: number
  readonly attempt: number
  readonly at: number
  readonly bootId: string
  readonly crash: object | null
  readonly monitorOutputs: readonly string[]
}

/** How wide the columns WHAT and AFTER are. */
export type EventWidths = { readonly what: number; readonly after: number }

/** What an announcement of the lifecycle is about, beside the services and hooks that have names. */
const instance = 'instance'

/** Reads a line of the event log; null when it is none. */
export function parseEvent(line: string): LoggedEvent | null {
  const value = parseRecord(line)
  if (!value || typeof value.state !== 'string') return null
  const at = typeof value.at === 'string' ? Date.parse(value.at) : Number(value.at)
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return null
  return {
    subject: typeof value.subject === 'string' ? value.subject : instance,
    state: value.state,
    previous: typeof value.previous === 'string' ? value.previous : null,
    reason: typeof value.reason === 'string' ? value.reason : '',
    previousMs: Number(value.previousMs ?? 0) || 0,
    attempt: Number(value.attempt ?? 0) || 0,
    at,
    bootId: typeof value.bootId === 'string' ? value.bootId : '',
    crash: isRecord(value.crash) ? value.crash : null,
    monitorOutputs: Array.isArray(value.monitorOutputs) ? value.monitorOutputs.map(String) : [],
  }
}

/** An event for scripts: time, subject, state, milliseconds in the previous state, reason; tabs between. */
export function formatTsv({ at, subject, state, previous, previousMs, reason }: LoggedEvent): string {
  const ms = previous === null || subject !== instance ? '' : String(Math.round(previousMs))
  return [new Date(at).toISOString(), onOneLine(subject), state, ms, onOneLine(reason)].join('\t')
}

/** An event for programs: one JSON object on one line. */
export function formatJson(event: LoggedEvent): string {
  const { at, subject, state, previous, previousMs, reason, attempt, bootId, crash, monitorOutputs } = event
  return JSON.stringify({
    at: new Date(at).toISOString(),
    subject,
    state,
    previous,
    previousMs: Math.round(previousMs),
    reason,
    attempt,
    bootId,
    crash,
    monitorOutputs,
  })
}

/** The header of the table for people. */
export function formatHeader(widths: EventWidths): string {
  return formatColumns('TIME', 'WHAT', 'AFTER', 'REASON', widths)
}

/** An event as a row of that table; the time is local. */
export function formatRow(event: LoggedEvent, widths: EventWidths, colours: boolean): string {
  const row = formatColumns(
    formatTime(event.at),
    formatWhat(event),
    formatAfter(event),
    onOneLine(
      event.subject === instance ? event.reason : [event.state, event.reason].filter(Boolean).join(': '),
    ),
    widths,
  )
  if (!colours) return row
  return row.replace(event.state, `\u001b[${colourOf(event.state)}m${event.state}\u001b[0m`)
}

/** How wide the columns must be for these events. */
export function measureEvents(events: readonly LoggedEvent[], least: EventWidths): EventWidths {
  return {
    what: Math.max(least.what, ...events.map((event) => formatWhat(event).length)),
    after: Math.max(least.after, ...events.map((event) => formatAfter(event).length)),
  }
}

function formatColumns(
  time: string,
  what: string,
  after: string,
  reason: string,
  widths: EventWidths,
): string {
  const cells = [time.padEnd(19), what.padEnd(widths.what), after.padEnd(widths.after), reason]
  return cells.join('  ').trimEnd()
}

function formatWhat({ subject, state }: LoggedEvent): string {
  return subject === instance ? state : onOneLine(subject)
}

function formatAfter({ subject, previous, previousMs }: LoggedEvent): string {
  return previous === null || subject !== instance ? '' : formatDuration(previousMs)
}

/** `2026-11-21 00:34:11`, in local time. */
function formatTime(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ')
}

function colourOf(state: string): number {
  if (state === 'UP') return 32
  if (state === 'ERROR' || state === 'failed') return 31
  if (state === 'ready' || state === 'done') return 32
  return state === 'STOPPED' ? 2 : 33
}
