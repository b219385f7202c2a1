import { firstReport, nextReport } from '../base/report-times.ts'
import { formatDuration } from '../base/text.ts'

/**
 * Reports on stderr what a command waits for: on a terminal one line, rewritten each second and removed at the end;
 * elsewhere a line when something changes, and after 1 s, 10 s, 1 min, 5 min, and then every 5 min.
 */
export class Progress {
  readonly #stream: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean }
  readonly #began: number
  #nextAt = firstReport
  #reported = ''
  #onLine = false

  constructor(stream: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean }, now: number) {
    this.#stream = stream
    this.#began = now
  }

  /** `what` in the form `waiting for X: STATE: reason`, `limit` as it is shown. */
  report(what: string, limit: string, now: number): void {
    const waited = now - this.#began
    if (waited < 1000) return
    const isDue = waited >= this.#nextAt
    if (!isDue && (this.#stream.isTTY || what === this.#reported)) return
    this.#reported = what
    const text = `${what} (for ${formatDuration(waited)}, limit ${limit})`
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[K${text}`)
      this.#onLine = true
      this.#nextAt = waited + 1000
      return
    }
    this.#stream.write(`${text}\n`)
    this.#nextAt = nextReport(waited)
  }

  /** Removes the line from the terminal. */
  end(): void {
    if (this.#onLine) this.#stream.write('\r\u001b[K')
    this.#onLine = false
  }
}
