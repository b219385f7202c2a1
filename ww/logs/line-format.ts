import type { LineFormatter, LogLevel } from '../base/log.ts'
import { formatLogTime, oneLine } from '../base/text.ts'

/** The formats of `ww.log.format` that change what services and hooks print. */
export type LogFormat = 'prefix' | 'json'

/** A stream of a process. */
export type StreamName = 'out' | 'err'

/** Where and when lines were printed; `offset` is minutes east of UTC. */
export type Origin = {
  readonly source: string
  readonly stream: StreamName
  /** It is the rest of a line whose start was printed before. */
  readonly isContinued: boolean
  readonly at: number
  readonly offset: number
}

/** Makes the bytes to print of whole lines; `body` has one character for each byte, and no line break at its end. */
export type BodyFormatter = (body: string, origin: Origin) => Buffer

/** How each format prints the output of services and hooks. */
export const bodyFormatters: Readonly<Record<LogFormat, BodyFormatter>> = {
  // one call of the runtime for all lines: a loop over them costs four times as much
  prefix(body, { source, stream, isContinued, at, offset }) {
    const head = toBytes(formatHead(at, offset, source, isContinued ? `${stream}+` : stream))
    const lines = body.replaceAll('\n', `\n${head.replaceAll('$', '$$$$')}`)
    return Buffer.from(`${head}${lines}\n`, 'latin1')
  },
  // the runtime escapes all lines at once; between them it writes the only line breaks that the text has
  json(body, { source, stream, isContinued, at }) {
    const facts = { time: formatJsonTime(at), source, stream: stream === 'out' ? 'stdout' : 'stderr' }
    const start = JSON.stringify(isContinued ? { ...facts, continued: true } : facts).slice(0, -1)
    const lines = Buffer.from(body, 'latin1').toString('utf8').split('\n')
    const messages = JSON.stringify(lines, null, 1).slice('[\n '.length, -'\n]'.length)
    const between = `}\n${start.replaceAll('$', '$$$$')},"message":`
    return Buffer.from(`${start},"message":${messages.replaceAll(',\n ', between)}}\n`)
  },
}

/** How each format prints whaleware's own lines. */
export const lineFormatters: Readonly<Record<LogFormat, LineFormatter>> = {
  prefix: (level, line, at, offset) =>
    `${formatHead(at, offset, 'ww', levels[level].short)}${advice(level)}${oneLine(line)}\n`,
  json(level, line, at, _offset, facts) {
    const start = { time: formatJsonTime(at), source: 'ww', level: levels[level].long }
    return `${JSON.stringify({ ...start, ...facts, message: `${advice(level)}${oneLine(line)}` })}\n`
  },
}

const levels: Readonly<Record<LogLevel, { readonly short: string; readonly long: string }>> = {
  '': { short: 'info', long: 'info' },
  'warning: ': { short: 'warn', long: 'warning' },
  'error: ': { short: 'error', long: 'error' },
  'try: ': { short: 'info', long: 'info' },
}

/** Advice has no level of its own: programs that read logs know none. */
function advice(level: LogLevel): string {
  return level === 'try: ' ? level : ''
}

function formatHead(at: number, offset: number, source: string, kind: string): string {
  return `${formatLogTime(at, offset)} ${source.padEnd(14)}  ${kind.padEnd(5)} `
}

function formatJsonTime(at: number): string {
  return new Date(at).toISOString()
}

/** A text as one character for each of its bytes, as the output of a process is read here. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}
