import { parseArgs } from 'node:util'
import { exitCode } from '../base/errors.ts'
import { findRun } from '../config/directories.ts'
import { followEventLines, readEventLines } from '../instance/event-lines.ts'
import { drawPlainly, drawPleasantly, type LoggedEvent, parseEvent } from '../instance/event-text.ts'

export const usage = `
Usage: ww events [-f] [--json]

Prints every state that was announced, the oldest first: on a terminal for people; piped as lines of
time, state, milliseconds in the state before, and reason, with tabs between them.

  -f, --follow   goes on with each further one, also when nothing has booted yet
  --json         one JSON object a line

  ww events -f
  ww events --json | jq -r 'select(.state == "RESTARTING").reason'
`

/** Prints the event log, and follows it when asked to. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { follow: { type: 'boolean', short: 'f' }, json: { type: 'boolean' } },
  })
  const draw = values.json ? (line: string) => line : chooseDrawing()
  const directory = findRun(process.env)
  const closed = new AbortController()
  // a reader that has seen enough, such as head, is no error
  process.stdout.on('error', () => closed.abort())
  const lines = values.follow ? followEventLines(directory, closed.signal) : readEventLines(directory)
  for await (const line of lines) {
    const text = draw(line)
    if (text !== null) await print(`${text}\n`)
    if (closed.signal.aborted) break
  }
  return exitCode.ok
}

function chooseDrawing(): (line: string) => string | null {
  const colours = !process.env.NO_COLOR
  let bootId: string | null = null
  const drawForPeople = (event: LoggedEvent): string => {
    const gap = bootId !== null && bootId !== event.bootId ? '\n' : ''
    bootId = event.bootId
    return gap + drawPleasantly(event, colours)
  }
  const draw = process.stdout.isTTY ? drawForPeople : drawPlainly
  return (line) => {
    const event = parseEvent(line)
    return event && draw(event)
  }
}

/** Waits until it is written, since the process ends right after the last line. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(text, () => resolve()))
}
