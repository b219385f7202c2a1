import { closeSync, constants, fstatSync, openSync, renameSync } from 'node:fs'
import { writeAll } from '../base/files.ts'
import { describeWriteError } from '../base/write-error.ts'

/** From this many bytes on the log is renamed to `events.1.ndjson` and a new one begun. */
const rotateAt = 1024 * 1024

/** What this instance has announced, one JSON object on each line, for `ww events`. */
export class EventLog {
  readonly #path: string
  readonly #older: string
  readonly #warn: (line: string) => void
  #failing = false

  /** `warn` gets one line when the log cannot be written, and another one only after it could. */
  constructor(run: string, warn: (line: string) => void) {
    this.#path = `${run}/events.ndjson`
    this.#older = `${run}/events.1.ndjson`
    this.#warn = warn
  }

  /** Adds an event; never throws. */
  append(event: object): void {
    try {
      // what a full disk cut short is a line of its own, which readers skip
      const size = this.#write(`${this.#failing ? '\n' : ''}${JSON.stringify(event)}\n`)
      this.#failing = false
      if (size >= rotateAt) renameSync(this.#path, this.#older)
    } catch (error) {
      if (!this.#failing) this.#warn(describeWriteError(this.#path, error, ''))
      this.#failing = true
    }
  }

  /** Returns the size of the log, the new line included. */
  #write(line: string): number {
    const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants
    const file = openSync(this.#path, O_APPEND | O_CREAT | O_WRONLY | O_NOFOLLOW, 0o600)
    try {
      writeAll(file, line)
      return fstatSync(file).size
    } finally {
      closeSync(file)
    }
  }
}
