import { readChunks } from '#read-chunks'
import { offsetAt } from '../base/time-zone.ts'
import type { BodyFormatter, StreamName } from './line-format.ts'
import type { Output } from './output.ts'
import type { Pace } from './pace.ts'
import { longestLine, StreamLines } from './stream-lines.ts'

/** How long an incomplete line is waited for, in milliseconds. */
const longestWait = 1000

/** Whose output it is, and where and how it is printed. */
export type StreamSettings = {
  readonly source: string
  readonly stream: StreamName
  readonly format: BodyFormatter
  readonly output: Output
  readonly pace: Pace
  /** Called with the last line, in UTF-8, when a process has ended. */
  onEnd(lastLine: Buffer): void
}

/** Prints what comes out of one FIFO: one stream of one source. */
export class StreamPump {
  readonly #source: string
  readonly #stream: StreamName
  readonly #format: BodyFormatter
  readonly #output: Output
  readonly #pace: Pace
  readonly #lines: StreamLines
  #readAt = performance.now()
  #isBusy = false
  #timer: NodeJS.Timeout | null = null
  /** Resolves when nobody can write to the FIFO any longer, and all of it was printed. */
  readonly done: Promise<void>

  constructor(fifo: number, { source, stream, format, output, pace, onEnd }: StreamSettings) {
    this.#source = source
    this.#stream = stream
    this.#format = format
    this.#output = output
    this.#pace = pace
    this.#lines = new StreamLines((line) => onEnd(Buffer.from(line, 'latin1')))
    this.done = this.#run(fifo)
  }

  /** How long there was nothing to read, in milliseconds. */
  get quiet(): number {
    return this.#isBusy ? 0 : performance.now() - this.#readAt
  }

  /** Prints an incomplete line, without waiting for the rest of it. */
  flush(): Promise<void> {
    return this.#print((emit) => this.#lines.flush(emit))
  }

  async #run(fifo: number): Promise<void> {
    try {
      for await (const { buffer, byteOffset, byteLength } of readChunks(fifo)) {
        this.#isBusy = true
        const chunk = Buffer.from(buffer, byteOffset, byteLength)
        for (let at = 0; at < chunk.length; at += longestLine) {
          const block = chunk.toString('latin1', at, at + longestLine)
          await this.#print((emit) => this.#lines.feed(block, emit))
        }
        await this.#pace.rest(chunk.length)
        this.#readAt = performance.now()
        this.#isBusy = false
        if (this.#lines.isIncomplete) this.#timer ??= setTimeout(() => this.#flushLate(), longestWait)
      }
    } catch {
      // what cannot be read any longer is over
    }
    await this.flush()
    this.#isBusy = false
  }

  /** A question, or the last line of a hook that hangs, is printed without its line break. */
  #flushLate(): void {
    this.#timer = null
    const rest = longestWait - this.quiet
    if (!this.#lines.isIncomplete) return
    if (rest > 0) this.#timer = setTimeout(() => this.#flushLate(), rest)
    else void this.flush()
  }

  async #print(take: (emit: (body: string, isContinued: boolean) => void) => void): Promise<void> {
    const now = new Date()
    const origin = { source: this.#source, stream: this.#stream, at: now.getTime(), offset: offsetAt(now) }
    const parts: Buffer[] = []
    take((body, isContinued) => parts.push(this.#format(body, { ...origin, isContinued })))
    const [first, ...others] = parts
    if (first === undefined) return
    await this.#output.write(others.length === 0 ? first : Buffer.concat(parts))
  }
}
