import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import type { CloudEvent } from './event.ts'
import { replaceFile, replaceFileDurably } from './files.ts'

/** What is dropped when the outbox is full: stats, never lifecycle events. */
type Kind = 'lifecycle' | 'stats'

/** An event that waits, and the name under which it is removed. */
export type Waiting = { readonly name: string; readonly kind: Kind; readonly event: unknown }

/**
 * Events on disk, in order, until they are delivered: a file an event, its number and kind in its name, so that
 * nothing is read to drop the oldest stats. What an earlier boot left is at the front.
 */
export class Outbox {
  readonly #directory: string
  readonly #keep: number
  readonly #suffix: string
  #names: string[] | null = null
  #head = 0
  #number = 0

  /** `suffix` keeps apart the files of instances that share a directory. */
  constructor(directory: string, keep: number, suffix: string) {
    this.#directory = directory
    this.#keep = keep
    this.#suffix = suffix
  }

  /** How many events wait. */
  get size(): number {
    return this.#open().length - this.#head
  }

  /** Stores an event; lifecycle events are durable when it returns. Throws when the disk does not take it. */
  append(event: CloudEvent): void {
    const names = this.#open()
    const kind: Kind = event.type === 'whaleware.lifecycle' ? 'lifecycle' : 'stats'
    this.#number += 1
    const name = `${String(this.#number).padStart(12, '0')}-${kind}-${this.#suffix}.json`
    const replace = kind === 'lifecycle' ? replaceFileDurably : replaceFile
    replace(`${this.#directory}/${name}`, JSON.stringify(event), 0o600)
    names.push(name)
    if (this.size > this.#keep) this.#dropOldestStats(names)
  }

  /** The event that waits longest; undefined when none does. One that can't be read is set aside. */
  first(): Waiting | undefined {
    for (;;) {
      const name = this.#open()[this.#head]
      if (name === undefined) return undefined
      try {
        const event: unknown = JSON.parse(readFileSync(`${this.#directory}/${name}`, 'utf8'))
        return { name, kind: kindOf(name), event }
      } catch {
        this.#setAside(name)
      }
    }
  }

  /** Removes the first event, which was delivered. */
  remove(name: string): void {
    const names = this.#open()
    if (names[this.#head] !== name) return
    this.#head += 1
    rmSync(`${this.#directory}/${name}`, { force: true })
    // the delivered names go in one piece now and then: taking them off one by one would be quadratic
    if (this.#head > 1000 && this.#head * 2 > names.length) {
      names.splice(0, this.#head)
      this.#head = 0
    }
  }

  #open(): string[] {
    if (this.#names) return this.#names
    mkdirSync(this.#directory, { recursive: true })
    this.#names = readdirSync(this.#directory)
      .filter((name) => /^\d{12}-(lifecycle|stats)-.*\.json$/.test(name))
      .sort()
    this.#number = Number(this.#names.at(-1)?.slice(0, 12) ?? 0)
    return this.#names
  }

  #dropOldestStats(names: string[]): void {
    const index = names.findIndex((name, at) => at >= this.#head && kindOf(name) === 'stats')
    if (index < 0) return
    const [name] = names.splice(index, 1)
    rmSync(`${this.#directory}/${name}`, { force: true })
  }

  /** It may have been delivered by another instance that shares the directory, or be damaged: then it is kept for people. */
  #setAside(name: string): void {
    this.#head += 1
    try {
      renameSync(`${this.#directory}/${name}`, `${this.#directory}/${name}.damaged`)
    } catch {
      // delivered meanwhile
    }
  }
}

function kindOf(name: string): Kind {
  return name.slice(13).startsWith('lifecycle') ? 'lifecycle' : 'stats'
}
