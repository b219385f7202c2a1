import { constants, openSync, readdirSync, readSync } from 'node:fs'
import { readChunks } from '#read-chunks'
import { sleep } from '../base/sleep.ts'
import { storeLastLine } from './last-line.ts'
import { bodyFormatters, type LogFormat, type StreamName } from './line-format.ts'
import { openOutput } from './output.ts'
import { Pace } from './pace.ts'
import { StreamPump } from './stream-pump.ts'

/** At the end, in milliseconds: what a process left behind holds open counts as read; a reader counts as gone. */
const [longestQuiet, longestStall] = [100, 500]

/** Where the FIFOs are, and what the lines look like. */
export type LogProcess = {
  readonly format: LogFormat
  readonly directory: string
  /** Nothing else runs in this process, so that it may sleep. */
  readonly isAlone: boolean
}

/**
 * Prints what services and hooks write to their FIFOs. The directory is the state: each FIFO there that is not free has
 * the name of its source and stream, so that another log process can continue. It ends with the instance.
 */
export async function runLogProcess({ format, directory, isAlone }: LogProcess): Promise<void> {
  const outputs = { out: openOutput(1), err: openOutput(2) }
  const pace = isAlone ? new Pace() : new Pace(() => {})
  const pumps = new Map<string, StreamPump>()
  const open = (name: string): void => {
    const [, source, stream] = /^source-(.+)\.(out|err)$/s.exec(name) ?? []
    if (source === undefined || pumps.has(name)) return
    const which: StreamName = stream === 'err' ? 'err' : 'out'
    const fifo = openFifo(`${directory}/${name}`)
    if (fifo === null) return
    const how = { format: bodyFormatters[format], output: outputs[which], pace }
    const onEnd = (line: Buffer): void => storeLastLine(directory, source, which, line)
    pumps.set(name, new StreamPump(fifo, { source, stream: which, ...how, onEnd }))
  }
  const control = openFifo(`${directory}/control`)
  if (control === null) return
  // before the directory is read, which shows all that was reported until now
  const messages = isHeld(control) ? readMessages(control) : []
  for (const name of readdirSync(directory)) open(name)
  for await (const name of messages) open(name)

  const never = new AbortController().signal
  const left = new Set(pumps.values())
  for (const pump of left) void pump.done.then(() => left.delete(pump))
  const isOver = ({ quiet }: StreamPump): boolean => quiet > longestQuiet
  const isStalled = (): boolean => outputs.out.stalled > longestStall || outputs.err.stalled > longestStall
  for (await sleep(0, never); left.size > 0 && ![...left].every(isOver); await sleep(2, never))
    if (isStalled()) return
  for (const pump of left) await Promise.race([pump.flush(), sleep(longestStall, never)])
}

/** Null where there is none any longer, or no descriptor left: the others are printed. */
function openFifo(path: string): number | null {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch {
    return null
  }
}

/** Whether the instance is there still: where it ended before the FIFO was opened, its end is not reported. */
function isHeld(control: number): boolean {
  try {
    while (readSync(control, Buffer.alloc(4096)) > 0);
    return false
  } catch {
    return true
  }
}

/** The names of the FIFOs that the instance opens, line by line; it ends with the instance. */
async function* readMessages(control: number): AsyncGenerator<string> {
  let text = ''
  for await (const chunk of readChunks(control)) {
    text += Buffer.from(chunk).toString('utf8')
    const lines = text.split('\n')
    text = lines.pop() ?? ''
    yield* lines
  }
}
