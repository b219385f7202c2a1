import { setImmediate as nextTurn } from 'node:timers/promises'

/** From this size on, in bytes, the cost of waking up does not matter. */
const largeChunk = 4096

/** What counts as busy: this many small chunks in a row, each at most so many milliseconds after the one before. */
const [busyChunks, busyGap] = [8, 10]

/** How long the process sleeps when it is busy, and for how long it does not after a large chunk, in milliseconds. */
const [pause, alert] = [20, 100]

/** Nobody ever wakes it: it is only waited for. */
const never = new Int32Array(new SharedArrayBuffer(4))

/**
 * When the log process reads again. To wake up for a line costs a hundred times as much as to print one of many: where
 * chunks are small and many, all of the process sleeps after each, so that what comes meanwhile is read together. A line
 * that is printed alone has its exact time, and where much is printed, nobody waits.
 */
export class Pace {
  readonly #wait: (ms: number) => void
  readonly #now: () => number
  #chunks = 0
  #restedAt = 0
  #largeAt = Number.NEGATIVE_INFINITY
  #sleeping: Promise<void> | null = null

  /** `wait` stops the process for a time; one that has other work must not be stopped. */
  constructor(
    wait: (ms: number) => void = (ms) => void Atomics.wait(never, 0, 0, ms),
    now: () => number = () => performance.now(),
  ) {
    this.#wait = wait
    this.#now = now
  }

  /** To be called after a chunk of `size` bytes was printed; lets the other sources print, too. */
  async rest(size: number): Promise<void> {
    const now = this.#now()
    if (size >= largeChunk) {
      this.#largeAt = now
      this.#chunks = 0
      return nextTurn()
    }
    this.#chunks = now - this.#restedAt < busyGap ? this.#chunks + 1 : 0
    this.#restedAt = now
    if (this.#chunks <= busyChunks || now - this.#largeAt <= alert) return
    this.#sleeping ??= this.#sleep()
    await this.#sleeping
  }

  /** Once for all sources that have something to print now. */
  async #sleep(): Promise<void> {
    await nextTurn()
    this.#wait(pause)
    this.#sleeping = null
    this.#restedAt = this.#now()
  }
}
