import { oneLine } from '../base/text.ts'

/** What a service has sent about itself since it was last read; the last word on each counts. */
export type Notice = {
  /** READY=1 */
  readonly isReady: boolean
  /** STOPPING=1 */
  readonly isStopping: boolean
  /** STATUS=text, on one line; null when there was none. */
  readonly status: string | null
  /** WATCHDOG=1 */
  readonly isAlive: boolean
  /** WATCHDOG=trigger: it requests to be restarted. */
  readonly isTriggered: boolean
  /** WATCHDOG_USEC=number: the interval of the watchdog that it wants, in milliseconds; null when there was none. */
  readonly watchdogMs: number | null
  /** There may be more to read. */
  readonly isMore: boolean
}

/** Nothing was sent. */
export const emptyNotice: Notice = {
  isReady: false,
  isStopping: false,
  status: null,
  isAlive: false,
  isTriggered: false,
  watchdogMs: null,
  isMore: false,
}

/** The longest status that is stored; it is shown in one line of a table. */
const longestStatus = 200

/** A longer interval would be over at once: timers count in 31 bits. */
const longestWatchdog = 24 * 86_400_000

/** How many lines of a datagram are read: no service has more to report, and a hostile one gets no more of our time. */
const mostLines = 64

/** Adds one datagram of the systemd protocol, lines of NAME=value; whatever else it contains is ignored. */
export function readNotice(text: string, before: Notice): Notice {
  let notice = before
  for (const line of text.split('\n', mostLines)) {
    const end = line.indexOf('=')
    const read = end < 0 ? null : readLine(line.slice(0, end), line.slice(end + 1))
    if (read !== null) notice = { ...notice, ...read }
  }
  return notice
}

function readLine(name: string, value: string): Partial<Notice> | null {
  switch (name) {
    case 'READY':
      return value === '1' ? { isReady: true } : null
    case 'STOPPING':
      return value === '1' ? { isStopping: true } : null
    case 'STATUS':
      return { status: oneLine(value.toWellFormed()).trim().slice(0, longestStatus).toWellFormed() }
    case 'WATCHDOG':
      return value === '1' ? { isAlive: true } : value === 'trigger' ? { isTriggered: true } : null
    case 'WATCHDOG_USEC': {
      const ms = /^\d{1,18}$/.test(value) ? Number(value) / 1000 : 0
      return ms > 0 ? { watchdogMs: Math.min(Math.max(1, ms), longestWatchdog) } : null
    }
    default:
      return null
  }
}
