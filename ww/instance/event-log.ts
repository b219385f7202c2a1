import { appendFileSync, renameSync, statSync } from 'node:fs'

/** Past this many bytes the log is set aside as `events.1.ndjson` and begun anew. */
const rotateAt = 1024 * 1024

/** What this instance has announced, one JSON object a line, for `ww events`. */
export class EventLog {
  readonly #path: string
  readonly #older: string

  constructor(run: string) {
    this.#path = `${run}/events.ndjson`
    this.#older = `${run}/events.1.ndjson`
  }

  append(event: object): void {
    try {
      const stats = statSync(this.#path, { throwIfNoEntry: false })
      if (stats && stats.size > rotateAt) renameSync(this.#path, this.#older)
      appendFileSync(this.#path, `${JSON.stringify(event)}\n`)
    } catch {
      // telling must never end the lifecycle; a full disk shows in the log of whoever filled it
    }
  }
}
