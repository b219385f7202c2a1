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
  const lasted = event.previous ? paint(2, ` (${event.previous} for ${sayDuration(event.previousMs)})`) : ''
  const state = paint(colourOf(event.state), event.state.padEnd(10))
  const details = [
    ...(event.crash
      ? [`the boot before died in ${event.crash.state}${event.crash.oomKilled ? ', out of memory' : ''}`]
      : []),
    ...event.monitorOutputs.map((output) => `monitor: ${output.replace(/\s+/g, ' ')}`),
  ]
  return [
    `${paint(2, sayTime(event.at))}  ${state}  ${event.reason}${lasted}`,
    ...details.map((detail) => `${' '.repeat(33)}${paint(31, detail)}`),
  ].join('\n')
}

/** Milliseconds as people say them: `80 ms`, `12 s`, `3 h 12 min`. */
export function sayDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 1) return `${Math.max(0, Math.round(ms))} ms`
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

/** `2026-11-21 00:34:11`, in local time. */
function sayTime(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19).replace('T', ' ')
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
