import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { codeOf } from '../base/files.ts'
import { findRun } from '../config/directories.ts'
import { followEventLines, readEventLines } from '../instance/event-lines.ts'
import {
  formatHeader,
  formatJson,
  formatRow,
  formatTsv,
  type LoggedEvent,
  measureEvents,
  parseEvent,
} from '../instance/event-text.ts'
import { refuseUser } from '../instance/steer.ts'
import { useColours } from '../instance/terminal.ts'

export const usage = `
Usage: ww events [-f] [-n N] [--json]
Prints the state changes of the instance, the oldest first. Piped: time, subject, state, milliseconds in
the previous state, and reason, with tabs between them.
  -f, --follow   print the last 10 and follow, across boots; Ctrl-C ends it
  -n N           print the last N only
  --json         one JSON object a line
  --color WHEN   auto (default), always or never
Examples:
  ww events -f
  ww events --json | jq -r 'select(.state == "RESTARTING").reason'
`

/** How many events come before those that `-f` follows. */
const followedFrom = 10

/** The columns of a live table cannot grow: wide enough for `3 h 12 min`. */
const liveWidths = { what: 14, after: 10 }

/** Prints the event log, and follows it with `-f`. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      follow: { type: 'boolean', short: 'f' },
      lines: { type: 'string', short: 'n' },
      json: { type: 'boolean' },
      color: { type: 'string' },
    },
  })
  const colours = useColours(values.color, process.stdout, process.env)
  const asTable = !values.json && (process.stdout.isTTY || values.color === 'always')
  const formatLine = values.json ? formatJson : formatTsv
  const run = findRun(process.env)
  const count = parseCount(values.lines) ?? (values.follow ? followedFrom : Infinity)
  const past = parseEvents(readLines(run))
  const shown = count === 0 ? [] : past.slice(-count)
  const widths = measureEvents(shown, values.follow ? liveWidths : { what: 4, after: 5 })
  const format = (event: LoggedEvent): string =>
    asTable ? formatRow(event, widths, colours) : formatLine(event)
  if (!values.follow && past.length === 0) {
    process.stderr.write(`no events: no instance has booted in ${run}\n`)
    return exitCode.ok
  }
  if (asTable) await print(`${formatHeader(widths)}\n`)
  for (const event of shown) await print(`${format(event)}\n`)
  if (values.follow) await follow(run, past.length, format)
  return exitCode.ok
}

function readLines(run: string): string[] {
  try {
    return readEventLines(run)
  } catch (error) {
    throw codeOf(error) === 'EACCES' ? (refuseUser(run) ?? error) : error
  }
}

/** Prints what is logged after the first `skip` events, until Ctrl-C or until the reader is gone. */
async function follow(run: string, skip: number, format: (event: LoggedEvent) => string): Promise<void> {
  const closed = new AbortController()
  process.once('SIGINT', () => closed.abort())
  process.stdout.on('error', () => closed.abort())
  let skipped = 0
  for await (const line of followEventLines(run, closed.signal)) {
    const event = parseEvent(line)
    if (event === null) continue
    skipped += 1
    if (skipped > skip) await print(`${format(event)}\n`)
    if (closed.signal.aborted) break
  }
}

function parseEvents(lines: readonly string[]): LoggedEvent[] {
  return lines.map(parseEvent).filter((event) => event !== null)
}

function parseCount(text: string | undefined): number | null {
  if (text === undefined) return null
  if (/^\d+$/.test(text)) return Number(text)
  throw new UserError(`-n: "${text}" is not a number; write 20`, exitCode.usage)
}

/** Waits until it is written, since the process ends right after the last line. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()))
}
