import { codeOf } from '../base/files.ts'
import { type CloudEvent, type EventKind, eventKinds } from './event.ts'
import { OutboxFiles } from './outbox-files.ts'

/** An event that waits, and the name under which it is removed. */
export type WaitingEvent = { readonly name: string; readonly kind: EventKind; readonly event: unknown }

/** What is dropped when the outbox is full: all of the first before any of the second, and lifecycle events never. */
const droppable: readonly (readonly EventKind[])[] = [['stats'], ['service', 'schedule']]

/** The event is in memory when the disk did not store it. */
type Entry = { readonly name: string; readonly kind: EventKind; readonly inMemory: CloudEvent | null }

/**
 * Events on disk, in order, until they are delivered: one file for each event, its number and kind in its name, so that
 * nothing is read to drop the oldest stats. What an earlier boot left is at the front. Where the disk stores nothing,
 * events wait in memory, of stats only the newest: a receiver then still learns of the trouble. Nothing throws.
 */
export class Outbox {
  readonly #files: OutboxFiles | null
  readonly #limit: number
  readonly #warn: (line: string) => void
  #entries: Entry[] | null = null
  #head = 0
  #number = 0

  /** At most `limit` events wait, lifecycle events apart; `warn` gets a line for each damaged event. */
  constructor(directory: string | null, limit: number, warn: (line: string) => void) {
    this.#files = directory === null ? null : new OutboxFiles(directory)
    this.#limit = limit
    this.#warn = warn
  }

  /** How many events wait. */
  get size(): number {
    return this.#open().length - this.#head
  }

  /** Adds an event, which is durable if it is one of the lifecycle; otherwise says why it is only in memory. */
  append(event: CloudEvent): string | null {
    const kind = eventKinds.find((one) => event.type === `whaleware.${one}`) ?? 'stats'
    const entries = this.#open()
    this.#number += 1
    const name = `${String(this.#number).padStart(12, '0')}-${kind}.json`
    const problem = this.#files?.store(name, event, kind === 'lifecycle') ?? null
    const isStored = problem === null && this.#files !== null
    if (!isStored && kind === 'stats') this.#dropStatsInMemory(entries)
    entries.push({ name, kind, inMemory: isStored ? null : event })
    this.#dropOldest(entries)
    return problem
  }

  /** The event that waits longest; undefined when none does, or none can be read for now. */
  first(): WaitingEvent | undefined {
    for (;;) {
      const entry = this.#open()[this.#head]
      if (entry === undefined) return undefined
      const { name, kind, inMemory } = entry
      if (inMemory) return { name, kind, event: inMemory }
      try {
        const event: unknown = JSON.parse(this.#files?.read(name) ?? '')
        return { name, kind, event }
      } catch (error) {
        const code = codeOf(error)
        if (code === 'EMFILE' || code === 'ENFILE') return undefined
        this.#head += 1
        // without its file it was taken over or delivered by another instance
        if (code === 'ENOENT') continue
        const reason = error instanceof Error ? error.message : error
        this.#warn(`cannot report ${this.#files?.setAside(name)}: ${reason}; renamed to ${name}.damaged`)
      }
    }
  }

  /** Removes the first event, which was delivered. */
  remove(name: string): void {
    const entries = this.#open()
    const first = entries[this.#head]
    if (first?.name !== name) return
    this.#head += 1
    if (!first.inMemory) this.#files?.remove(name)
    // the delivered ones are taken off many at once: one by one would be quadratic
    if (this.#head > 1000 && this.#head * 2 > entries.length) {
      entries.splice(0, this.#head)
      this.#head = 0
    }
  }

  /** What waits; before the first event, what an earlier boot left, if anything. */
  #open(): Entry[] {
    if (this.#entries) return this.#entries
    const files = this.#files?.list() ?? []
    // this instance has the directory for itself: what is unfinished is of a boot that was killed
    for (const file of files) if (file.endsWith('.tmp')) this.#files?.remove(file)
    const names = files
      .filter((name) => /^\d{12}-(lifecycle|service|schedule|stats)\b.*\.json$/.test(name))
      .sort()
    this.#number = Number(names.at(-1)?.slice(0, 12) ?? 0)
    this.#entries = names.map((name) => ({ name, kind: kindOf(name), inMemory: null }))
    return this.#entries
  }

  /** The oldest of a kind first; a kind that matters more is dropped only when there is nothing of the other. */
  #dropOldest(entries: Entry[]): void {
    for (const kinds of droppable) {
      for (let at = this.#head; at < entries.length && entries.length - this.#head > this.#limit; ) {
        const entry = entries[at]
        if (entry && kinds.includes(entry.kind)) {
          entries.splice(at, 1)
          if (!entry.inMemory) this.#files?.remove(entry.name)
        } else at += 1
      }
    }
  }

  #dropStatsInMemory(entries: Entry[]): void {
    const at = entries.findIndex(
      ({ kind, inMemory }, index) => index >= this.#head && inMemory !== null && kind === 'stats',
    )
    if (at >= 0) entries.splice(at, 1)
  }
}

/** By the name of its file; the names of the first version have the boot behind the kind. */
function kindOf(name: string): EventKind {
  return eventKinds.find((kind) => name.startsWith(kind, 13)) ?? 'stats'
}
