import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { codeOf } from './files.ts'
import { formatLogTime, oneLine } from './text.ts'
import { offsetAt } from './time-zone.ts'

/** What a line reports, for programs that read the log: the state that was entered, and why. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>

/** whaleware's own lines; they go to standard error, so that standard output is the service's alone. */
export type Log = {
  info(line: string, facts?: LogFacts): void
  warn(line: string): void
  error(line: string): void
  /** Prints what to try, below an error. */
  advise(line: string): void
}

/** What a line begins with, after the time. */
export type LogLevel = '' | 'warning: ' | 'error: ' | 'try: '

/** Makes a line of the log, with its line break; `offset` is minutes east of UTC. */
export type LineFormatter = (
  level: LogLevel,
  line: string,
  at: number,
  offset: number,
  facts?: LogFacts,
) => string

/** A log whose format can be changed, once the configuration was read. */
export type FormattedLog = Log & { useFormat(format: LineFormatter): void }

/** A line of the log in the format `plain`. */
export const formatLogLine: LineFormatter = (level, line, at, offset) => {
  return `ww ${formatLogTime(at, offset)} ${level}${oneLine(line)}\n`
}

/** This many bytes wait for a reader that is slow; more are dropped, since a log must not fill the memory. */
const longestBacklog = 64 * 1024

/** How long until what a reader did not accept is offered again, in milliseconds. */
const retryAfter = 50

/** A log that writes by `write` (which returns how many bytes it wrote, or throws) and never throws itself. */
export function createLog(write: (bytes: Buffer) => number, now = () => new Date()): FormattedLog {
  let format = formatLogLine
  let backlog: Buffer = Buffer.alloc(0)
  let retry: NodeJS.Timeout | undefined
  const flush = (): void => {
    try {
      while (backlog.length > 0) backlog = backlog.subarray(write(backlog))
    } catch (error) {
      // a reader that is gone or a full disk costs the lines, never the instance; a slow reader gets them later
      if (codeOf(error) !== 'EAGAIN') backlog = Buffer.alloc(0)
      else {
        clearTimeout(retry)
        retry = setTimeout(flush, retryAfter).unref()
      }
    }
  }
  const print = (level: LogLevel, line: string, facts?: LogFacts): void => {
    const at = now()
    const bytes = Buffer.from(format(level, line, at.getTime(), offsetAt(at), facts))
    if (backlog.length + bytes.length <= longestBacklog || backlog.length === 0)
      backlog = backlog.length === 0 ? bytes : Buffer.concat([backlog, bytes])
    flush()
  }
  return {
    info: (line, facts) => print('', line, facts),
    warn: (line) => print('warning: ', line),
    error: (line) => print('error: ', line),
    advise: (line) => print('try: ', line),
    useFormat(chosen) {
      format = chosen
    },
  }
}

/**
 * Standard error as a descriptor of our own, which never blocks: a reader that has stopped reading, while services fill the
 * pipe, would otherwise stop the instance at its next line. Descriptor 2 itself is shared with the services, and stays as it is.
 */
function openStandardError(): number {
  try {
    const stats = fstatSync(2)
    // a file has a position, which is shared too
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return 2
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants
    return openSync('/proc/self/fd/2', O_WRONLY | O_NONBLOCK | O_NOCTTY)
  } catch {
    // it is another user's, or closed
    return 2
  }
}

let standardError: number | undefined

/** The log of this process. */
export const log: FormattedLog = createLog((bytes) => {
  standardError ??= openStandardError()
  return writeSync(standardError, bytes)
})
