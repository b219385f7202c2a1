import { closeSync, constants, openSync, readFileSync, unlinkSync } from 'node:fs'
import { spawn } from '../processes/spawn.ts'
import { type Capture, captureLimit, PipeCapture, readPipe, StreamCapture } from './capture.ts'

/** How often what daemons left behind have printed is read and dropped, in milliseconds. */
const drainInterval = 1000

/**
 * Pipes for the captured output of hooks. A pipe needs no space on a disk that may be full and cannot grow without
 * limit, and a hook can open it as /dev/stdout, which the socket that Node.js calls a pipe does not allow. It is a FIFO
 * whose name is removed at once; it is used again for the next hook unless a daemon left behind still holds it.
 */
export class Pipes {
  readonly #directories: readonly string[]
  readonly #held = new Set<number>()
  #idle: number | null = null
  #timer: NodeJS.Timeout | null = null
  #hasCommand = true

  /** The FIFO is made in the first of these directories that allows it. */
  constructor(directories: readonly string[]) {
    this.#directories = directories
  }

  /** Makes the first pipe ahead of time, so that no hook waits for it. */
  async prepare(): Promise<void> {
    const reader = this.#idle === null ? await this.#make() : null
    if (reader !== null) this.#putBack(reader)
  }

  /** How many pipes are held by daemons that hooks have left behind. */
  get held(): number {
    return this.#held.size
  }

  /** Begins the capture of one hook. */
  async open(): Promise<Capture> {
    this.#drain()
    const idle = this.#idle
    this.#idle = null
    const reader = idle ?? (await this.#make())
    if (reader === null) return new StreamCapture()
    try {
      // the reader is open, so this does not wait for one
      const writer = openSync(`/proc/self/fd/${reader}`, constants.O_WRONLY)
      return new PipeCapture(reader, writer, (state) =>
        state === 'free' ? this.#putBack(reader) : this.#hold(reader),
      )
    } catch {
      // no /proc, or no descriptor left
      closeSync(reader)
      return new StreamCapture()
    }
  }

  #putBack(reader: number): void {
    if (this.#idle === null) this.#idle = reader
    else closeSync(reader)
  }

  #hold(reader: number): void {
    this.#held.add(reader)
    this.#timer ??= setInterval(() => this.#drain(), drainInterval).unref()
  }

  /** A daemon that holds a pipe is neither blocked by a full one, nor ended by a closed one. */
  #drain(): void {
    for (const reader of this.#held) {
      // not without limit: a daemon may write faster than it is read
      let left = captureLimit
      const state = readPipe(reader, ({ length }) => {
        left -= length
        return left > 0
      })
      if (state === 'held') continue
      this.#held.delete(reader)
      closeSync(reader)
    }
    if (this.#held.size > 0 || this.#timer === null) return
    clearInterval(this.#timer)
    this.#timer = null
  }

  async #make(): Promise<number | null> {
    for (const directory of this.#hasCommand ? this.#directories : []) {
      const path = `${directory}/capture-${readUuid()}`
      const reader = await this.#makeAt(path)
      if (reader !== null) return reader
    }
    return null
  }

  async #makeAt(path: string): Promise<number | null> {
    // others may write: a hook that has switched to another user opens /dev/stdout, too
    const options = { stdout: 'ignore', stderr: 'ignore', env: process.env } as const
    const end = await spawn('mkfifo', ['-m', '622', path], options).ended
    if (end.kind === 'unrunnable' && !end.temporary) this.#hasCommand = false
    if (end.kind !== 'exited' || end.code !== 0) return null
    try {
      return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    } catch {
      // it was removed meanwhile, or there is no descriptor left
      return null
    } finally {
      removeName(path)
    }
  }
}

function removeName(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // somebody was faster
  }
}

/** A name that nobody can guess, and so open meanwhile; the kernel's, since node:crypto takes 9 ms to load. */
function readUuid(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim()
}
