import { closeSync, readSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { sleep } from '../base/sleep.ts'
import type { Spawned } from '../processes/spawn.ts'

/** The most that is read of a captured output, in bytes. */
export const captureLimit = 1024 * 1024

/** The captured output of one hook. */
export type Capture = {
  /** What the hook gets as its standard output. */
  readonly stdout: number | 'pipe'
  /** To be called once the hook has been started. */
  begin(child: Spawned): void
  /** Reads what there is; true when it is more than the limit. */
  read(): boolean
  /** Reads the rest once the hook has ended, without waiting for daemons that it left behind. */
  readRest(): Promise<void>
  /** What was printed, without white space around it. */
  readonly text: string
  /** What is printed from now on is dropped. */
  close(): void
}

/** Whether anybody can still write to a pipe. */
export type PipeState = 'held' | 'free'

/** The start of an output; what exceeds the limit is counted, not stored. */
class Captured {
  readonly #chunks: Buffer[] = []
  #size = 0

  get isFlooded(): boolean {
    return this.#size > captureLimit
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8', 0, captureLimit).trim()
  }

  append(chunk: Buffer): void {
    if (this.#size < captureLimit) this.#chunks.push(Buffer.from(chunk))
    this.#size += chunk.length
  }
}

/** Captures through a pipe whose two ends are open; `release` gets the reading end back, and what is left of it. */
export class PipeCapture implements Capture {
  readonly stdout: number
  readonly #reader: number
  readonly #release: (state: PipeState) => void
  readonly #captured = new Captured()
  #isWriterOpen = true

  constructor(reader: number, writer: number, release: (state: PipeState) => void) {
    this.#reader = reader
    this.stdout = writer
    this.#release = release
  }

  get text(): string {
    return this.#captured.text
  }

  begin(): void {
    if (this.#isWriterOpen) closeSync(this.stdout)
    this.#isWriterOpen = false
  }

  read(): boolean {
    this.#readOn()
    return this.#captured.isFlooded
  }

  async readRest(): Promise<void> {
    this.#readOn()
  }

  close(): void {
    this.begin()
    this.#release(this.#readOn())
  }

  #readOn(): PipeState {
    return readPipe(this.#reader, (chunk) => {
      this.#captured.append(chunk)
      return !this.#captured.isFlooded
    })
  }
}

/** How long the rest of an output is waited for while a daemon holds it open, in milliseconds. */
const longestRest = 100

/** Captures through the socket that Node.js makes, where no pipe can be made; a hook cannot open it as /dev/stdout. */
export class StreamCapture implements Capture {
  readonly stdout = 'pipe'
  readonly #captured = new Captured()
  #output: Readable | null = null

  get text(): string {
    return this.#captured.text
  }

  begin({ output }: Spawned): void {
    this.#output = output ?? null
    this.#output?.on('data', (chunk: Buffer) => this.#captured.append(chunk)).on('error', () => {})
  }

  read(): boolean {
    return this.#captured.isFlooded
  }

  async readRest(): Promise<void> {
    const output = this.#output
    if (output === null || output.readableEnded) return
    const over = new AbortController()
    output.once('close', () => over.abort())
    await sleep(longestRest, over.signal)
  }

  close(): void {
    // still read, so that a daemon left behind is neither blocked nor ended; but no reason to stay
    this.#output?.removeAllListeners('data').resume()
    if (this.#output && 'unref' in this.#output && typeof this.#output.unref === 'function')
      this.#output.unref()
  }
}

const buffer = Buffer.alloc(64 * 1024)

/** Reads until there is nothing more, or until `take` wants no more; `free` when nobody can write to it any longer. */
export function readPipe(reader: number, take: (chunk: Buffer) => boolean): PipeState {
  for (;;) {
    try {
      const size = readSync(reader, buffer)
      if (size === 0) return 'free'
      if (!take(buffer.subarray(0, size))) return 'held'
    } catch {
      // EAGAIN: nothing there now, but somebody can still write
      return 'held'
    }
  }
}
