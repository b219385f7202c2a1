import { rmdirSync } from 'node:fs'
import { adoptOutboxes } from './adopt.ts'
import { Outbox, type WaitingEvent } from './outbox.ts'

/** Where the events of this instance wait, and those of the instances that it takes over from. */
export type OutboxPlaces = {
  /** The directory of this instance; null holds events in memory only. */
  readonly path: string | null
  /** The directory in which other instances have theirs; null when there are none. */
  readonly shared: string | null
}

/** The outbox of this instance, and after it those that were taken over; the order within each is preserved. */
export class Outboxes {
  readonly own: Outbox
  readonly #places: OutboxPlaces
  readonly #open: (directory: string) => Outbox
  #adopted: { directory: string; outbox: Outbox }[] | null = null
  #current: Outbox

  constructor(places: OutboxPlaces, limit: number, warn: (line: string) => void) {
    this.#places = places
    this.#open = (directory) => new Outbox(directory, limit, warn)
    this.own = new Outbox(places.path && `${places.path}/outbox`, limit, warn)
    this.#current = this.own
  }

  /** The event to send next: the own ones first, which are news. `ownOnly` leaves the others to the next boot. */
  first(ownOnly: boolean): WaitingEvent | undefined {
    this.#current = this.own
    const event = this.own.first()
    return event ?? (ownOnly ? undefined : this.#firstAdopted())
  }

  /** Removes the event that `first` returned last. */
  remove(name: string): void {
    this.#current.remove(name)
  }

  /** Others are taken over when there is time for it: after the first events of this boot. */
  #firstAdopted(): WaitingEvent | undefined {
    const { path, shared } = this.#places
    if (path === null) return undefined
    this.#adopted ??= adoptOutboxes(path, shared).map((directory) => ({
      directory,
      outbox: this.#open(directory),
    }))
    for (let next = this.#adopted[0]; next; next = this.#adopted[0]) {
      this.#current = next.outbox
      const event = next.outbox.first()
      if (event) return event
      this.#adopted.shift()
      removeEmpty(next.directory)
    }
    return undefined
  }
}

function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory)
  } catch {
    // damaged events are left in it for people
  }
}
