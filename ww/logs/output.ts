import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { codeOf } from '../base/files.ts'
import { sleep } from '../base/sleep.ts'

/** The kernel writes this much to a pipe in one piece or not at all (PIPE_BUF on Linux). */
const atomicSize = 4096

/** How long until what a reader did not accept is offered again, in milliseconds: doubles from the first to the last. */
const [shortestPause, longestPause] = [1, 20]

/** A stream of the container, which several sources print to; what a slow reader does not accept makes them wait. */
export class Output {
  readonly #write: typeof writeSync
  readonly #file: number
  #waiting: Promise<void> | null = null
  #acceptedAt = performance.now()

  constructor(file: number, write: typeof writeSync = writeSync) {
    this.#file = file
    this.#write = write
  }

  /** How long the reader has accepted nothing while something waits for it, in milliseconds. */
  get stalled(): number {
    return this.#waiting === null ? 0 : performance.now() - this.#acceptedAt
  }

  /** Resolves when all of it was written or, where the reader is gone or the disk is full, dropped. */
  async write(bytes: Buffer): Promise<void> {
    while (this.#waiting !== null) await this.#waiting
    const written = this.#writeNow(bytes, 0)
    if (written === bytes.length) return
    this.#acceptedAt = performance.now()
    this.#waiting = this.#writeLater(bytes, written)
    await this.#waiting
  }

  async #writeLater(bytes: Buffer, from: number): Promise<void> {
    const never = new AbortController().signal
    let pause = shortestPause
    for (let at = from; at < bytes.length; ) {
      await sleep(pause, never)
      const next = this.#writeNow(bytes, at)
      pause = next > at ? shortestPause : Math.min(longestPause, pause * 2)
      if (next > at) this.#acceptedAt = performance.now()
      at = next
    }
    this.#waiting = null
  }

  /** Writes what the reader accepts now; returns up to where. */
  #writeNow(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; ) {
      try {
        at += this.#write(this.#file, bytes, at, pieceEnd(bytes, at) - at)
      } catch (error) {
        return codeOf(error) === 'EAGAIN' ? at : bytes.length
      }
    }
    return bytes.length
  }
}

/**
 * The instance writes to the same stream: where the pipe is nearly full, its line must not come into the middle of
 * another. So each piece is one that the pipe accepts whole and ends with a line, unless that is longer.
 */
function pieceEnd(bytes: Buffer, from: number): number {
  if (bytes.length - from <= atomicSize) return bytes.length
  const end = bytes.lastIndexOf(10, from + atomicSize - 1) + 1
  if (end > from) return end
  const next = bytes.indexOf(10, from + atomicSize)
  return next < 0 ? bytes.length : next + 1
}

/**
 * A stream of this process as a descriptor of its own that never blocks, where it can be opened again: a reader that
 * has stopped reading one stream must not stop the other. The descriptor itself is shared with other processes, and
 * stays as it is.
 */
export function openOutput(descriptor: 1 | 2): Output {
  try {
    const stats = fstatSync(descriptor)
    // a file has a position, which is shared too
    if (!stats.isFIFO() && !stats.isCharacterDevice()) return new Output(descriptor)
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants
    return new Output(openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY))
  } catch {
    // it is another user's, or closed
    return new Output(descriptor)
  }
}
