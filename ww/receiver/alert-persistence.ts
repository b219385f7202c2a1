import type { AlertRecord } from './alert-record.ts'
import type { DocumentPlace } from './alert-world.ts'

/** Keeps what the alerts are, for whoever tells of them next; one write after the other. */
export class AlertPersistence {
  readonly #place: DocumentPlace<AlertRecord>
  readonly #warn: (line: string) => void
  #isSaved = true
  #saving: Promise<void> = Promise.resolve()

  constructor(place: DocumentPlace<AlertRecord>, warn: (line: string) => void) {
    this.#place = place
    this.#warn = warn
  }

  /** Whether the last write was done. */
  get isSaved(): boolean {
    return this.#isSaved
  }

  /** Writes what `read` gives once it is its turn; a failure is told in the log, once until it works again. */
  save(read: () => AlertRecord): Promise<void> {
    this.#saving = this.#saving.then(async () => {
      try {
        await this.#place.write(read())
        this.#isSaved = true
      } catch (error) {
        if (this.#isSaved) this.#warn(`cannot keep alerts: ${error instanceof Error ? error.message : error}`)
        this.#isSaved = false
      }
    })
    return this.#saving
  }

  /** Resolves when what was asked for is written. */
  settle(): Promise<void> {
    return this.#saving
  }
}
