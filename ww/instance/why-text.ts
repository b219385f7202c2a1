import { isRecord, parseRecord } from '../base/record.ts'
import { formatDuration } from '../base/text.ts'

/** What `ww why` needs of the JSON of a status; times are milliseconds since the epoch. */
export type WhyFacts = {
  readonly state: string
  readonly ready: boolean
  readonly since: number
  readonly reason: string
  readonly waiting: {
    readonly what: string
    readonly since: number
    readonly hook: string | null
  } | null
  readonly next: { readonly what: string; readonly at: number | null } | null
  readonly failures: readonly {
    readonly at: number
    readonly name: string
    readonly reason: string
    readonly ms: number | null
    readonly output: string | null
  }[]
  readonly advice: readonly string[]
}

/** What else is known of a hook that runs, such as `pid 88, asleep, used 20 ms of CPU`. */
export type HookProcess = string | null

/** Reads the JSON of a status; null when it is none. */
export function parseWhy(json: string): WhyFacts | null {
  const status = parseRecord(json)
  if (!status || typeof status.state !== 'string') return null
  const why = isRecord(status.why) ? status.why : {}
  const { waiting, next } = why
  return {
    state: status.state,
    ready: status.ready === true,
    since: timeOf(status.since) ?? 0,
    reason: textOf(status.reason),
    waiting: isRecord(waiting)
      ? {
          what: textOf(waiting.what),
          since: timeOf(waiting.since) ?? 0,
          hook: typeof waiting.hook === 'string' ? waiting.hook : null,
        }
      : null,
    next: isRecord(next) ? { what: textOf(next.what), at: timeOf(next.at) } : null,
    failures: listOf(why.failures).map((failure) => ({
      at: timeOf(failure.at) ?? 0,
      name: textOf(failure.name),
      reason: textOf(failure.reason),
      ms: typeof failure.ms === 'number' ? failure.ms : null,
      output: typeof failure.output === 'string' ? failure.output : null,
    })),
    advice: Array.isArray(why.try) ? why.try.map(textOf) : [],
  }
}

/** The lines of `ww why`: what it is doing, what it waits for, what failed, what comes next, and what to try. */
export function renderWhy(facts: WhyFacts, now: number, hook: HookProcess): string {
  const { state, ready, since, reason, waiting, next, failures, advice } = facts
  const headline = waiting ? `waiting for ${waiting.what}` : ready ? 'everything works' : reason
  const lines = [`${state} for ${formatDuration(now - since)}, ${ready ? 'ready' : 'not ready'}: ${headline}`]
  const row = (label: string, text: string): void => void lines.push(`  ${label.padEnd(7)}  ${text}`)
  if (waiting)
    row(
      'waiting',
      `since ${clockTime(waiting.since, now)}${hook === null ? '' : `: ${waiting.what} is ${hook}`}`,
    )
  const last = failures.at(-1)
  if (last) row('failed', `${ready ? 'last at ' : ''}${describeFailure(last, now)}`)
  if (next) row('next', next.at === null ? next.what : `${next.what} ${formatSoon(next.at - now)}`)
  for (const text of advice) row('try', text)
  return `${lines.join('\n')}\n`
}

function describeFailure(failure: WhyFacts['failures'][number], now: number): string {
  const { at, name, reason, ms, output } = failure
  const after = ms === null ? '' : `, after ${formatDuration(ms)}`
  const lastLine = output?.trimEnd().split('\n').at(-1)
  const printed = lastLine ? `: ${lastLine}` : ''
  return `${clockTime(at, now)} ${name}${after}: ${reason}${printed}`
}

function formatSoon(ms: number): string {
  return ms <= 0 ? 'now' : `in ${formatDuration(ms)}`
}

/** The time of day, in local time; with the date, unless it is today's. */
function clockTime(at: number, now: number): string {
  const [date, time] = localTime(at)
  return date === localTime(now)[0] ? time : `${date} ${time}`
}

function localTime(at: number): [date: string, time: string] {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString()
  return [local.slice(0, 10), local.slice(11, 19)]
}

function timeOf(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(at) ? at : null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
