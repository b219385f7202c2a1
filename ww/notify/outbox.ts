import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { replaceFile, replaceFileDurably } from '../base/files.ts'
import type { CloudEvent } from './event.ts'

/** What is dropped when the outbox is full: stats, never lifecycle events. */
type Kind = 'lifecycle' | 'stats'

/** An event that waits, and the name under which it is removed. */
export type Waiting = { readonly name: string; readonly kind: Kind; readonly event: unknown }

/** How old an unfinished file must be to be nobody's, in milliseconds: another instance may share the directory. */
const abandonedAfter = 60_000

/**
 * Events on disk, in order, until they are delivered: a file an event, its number and kind in its name, so that
 * nothing is read to drop the oldest stats. What an earlier boot left is at the front. Only `append` throws.
 */
export class Outbox {
  readonly #directory: string
  readonly #keep: number
  readonly #suffix: string
  readonly #warn: (line: string) => void
  #names: string[] | null = null
  #head = 0
  #number = 0

  /** `suffix` keeps apart the files of instances that share a directory; `warn` hears of damaged events. */
  constructor(directory: string, keep: number, suffix: string, warn: (line: string) => void = () => {}) {
    this.#directory = directory
    this.#keep = keep
    this.#suffix = suffix
    this.#warn = warn
  }

  /** How many events wait. */
  get size(): number {
    return this.#look().length - this.#head
  }

  /** Stores an event; lifecycle events are durable when it returns. Throws when the disk does not take it. */
  append(event: CloudEvent): void {
    mkdirSync(this.#directory, { recursive: true })
    const names = this.#open()
    const kind: Kind = event.type === 'whaleware.lifecycle' ? 'lifecycle' : 'stats'
    this.#number += 1
    const name = `${String(this.#number).padStart(12, '0')}-${kind}-${this.#suffix}.json`
    const replace = kind === 'lifecycle' ? replaceFileDurably : replaceFile
    replace(this.#pathOf(name), JSON.stringify(event), 0o600)
    names.push(name)
    this.#dropOldestStats(names)
  }

  /** The event that waits longest; undefined when none does, or none can be read for now. */
  first(): Waiting | undefined {
    for (;;) {
      const name = this.#look()[this.#head]
      if (name === undefined) return undefined
      try {
        const event: unknown = JSON.parse(readFileSync(this.#pathOf(name), 'utf8'))
        return { name, kind: kindOf(name), event }
      } catch (error) {
        const code = codeOf(error)
        if (code === 'EMFILE' || code === 'ENFILE') return undefined
        this.#head += 1
        // without its file it was delivered by another instance that shares the directory
        if (code !== 'ENOENT') this.#setAside(name, error)
      }
    }
  }

  /** Removes the first event, which was delivered. */
  remove(name: string): void {
    const names = this.#look()
    if (names[this.#head] !== name) return
    this.#head += 1
    this.#unlink(name)
    // the delivered names go in one piece now and then: taking them off one by one would be quadratic
    if (this.#head > 1000 && this.#head * 2 > names.length) {
      names.splice(0, this.#head)
      this.#head = 0
    }
  }

  /** The names of what waits; none when the directory can't be read, which `append` tells of. */
  #look(): string[] {
    try {
      return this.#open()
    } catch {
      return []
    }
  }

  #open(): string[] {
    if (this.#names) return this.#names
    const files = readdirSync(this.#directory)
    for (const file of files) if (file.endsWith('.tmp')) this.#removeAbandoned(file)
    this.#names = files.filter((name) => /^\d{12}-(lifecycle|stats)-.*\.json$/.test(name)).sort()
    this.#number = Number(this.#names.at(-1)?.slice(0, 12) ?? 0)
    return this.#names
  }

  #dropOldestStats(names: string[]): void {
    for (let at = this.#head; at < names.length && names.length - this.#head > this.#keep; ) {
      const name = names[at] ?? ''
      if (kindOf(name) === 'stats') {
        names.splice(at, 1)
        this.#unlink(name)
      } else at += 1
    }
  }

  #setAside(name: string, error: unknown): void {
    const path = this.#pathOf(name)
    this.#warn(`cannot report ${path}: ${error instanceof Error ? error.message : error}; set aside`)
    try {
      renameSync(path, `${path}.damaged`)
    } catch {
      // it stays where it is, and is met again at the next boot
    }
  }

  #removeAbandoned(file: string): void {
    const written = statSync(this.#pathOf(file), { throwIfNoEntry: false })?.mtimeMs
    if (written !== undefined && Date.now() - written > abandonedAfter) this.#unlink(file)
  }

  #unlink(name: string): void {
    try {
      rmSync(this.#pathOf(name), { force: true })
    } catch {
      // a file system turned read-only: it is sent again at the next boot, and counted once by its id
    }
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}`
  }
}

function kindOf(name: string): Kind {
  return name.slice(13).startsWith('lifecycle') ? 'lifecycle' : 'stats'
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
