import { formatDuration, formatTime } from '../base/text.ts'

/** One line of the event log, as far as people want to read it. */
export type LoggedEvent = {
  readonly state: string
  readonly previous: string | null
  readonly reason: string
  readonly previousMs: number
  readonly at: number
  readonly bootId: string
  readonly crash: { readonly state: string; readonly oomKilled: boolean } | null
  readonly monitorOutputs: readonly string[]
}

/** Reads a line of the event log; null when it is none. */
export function parseEvent(line: string): LoggedEvent | null {
  const value = parseObject(line)
  if (!value || typeof value.state !== 'string' || typeof value.at !== 'number') return null
  const crash = isRecord(value.crash) ? value.crash : null
  return {
    state: value.state,
    previous: typeof value.previous === 'string' ? value.previous : null,
    reason: String(value.reason ?? ''),
    previousMs: Number(value.previousMs ?? 0),
    at: value.at,
    bootId: String(value.bootId ?? ''),
    crash: crash && { state: String(crash.state), oomKilled: crash.oomKilled === true },
    monitorOutputs: Array.isArray(value.monitorOutputs) ? value.monitorOutputs.map(String) : [],
  }
}

/** An event as one line for programs: time (ISO 8601), state, milliseconds in the previous state, reason; tabs between. */
export function drawPlainly({ at, state, previousMs, reason }: LoggedEvent): string {
  return [new Date(at).toISOString(), state, Math.round(previousMs), reason.replace(/\s+/g, ' ')].join('\t')
}

/** An event as lines for people: local time, state, reason, and how long the state before lasted. */
export function drawPleasantly(event: LoggedEvent, colours: boolean): string {
  const paint = (code: number, text: string): string => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
  const lasted = event.previous
    ? paint(2, ` (${event.previous} for ${formatDuration(event.previousMs)})`)
    : ''
  const state = paint(colourOf(event.state), event.state.padEnd(10))
  const details = [
    ...(event.crash
      ? [`the boot before died in ${event.crash.state}${event.crash.oomKilled ? ', out of memory' : ''}`]
      : []),
    ...event.monitorOutputs.map((output) => `monitor: ${output.replace(/\s+/g, ' ')}`),
  ]
  return [
    `${paint(2, formatLocalTime(event.at))}  ${state}  ${event.reason}${lasted}`,
    ...details.map((detail) => `${' '.repeat(33)}${paint(31, detail)}`),
  ].join('\n')
}

/** In local time. */
function formatLocalTime(at: number): string {
  return formatTime(at, -new Date(at).getTimezoneOffset())
}

function colourOf(state: string): number {
  if (state === 'UP') return 32
  if (state === 'ERROR') return 31
  return state === 'STOPPED' ? 2 : 33
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
