import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { makeDirectory, replaceFile, replaceFileDurably } from '../base/files.ts'
import { describeWriteError } from '../base/write-error.ts'
import type { CloudEvent } from './event.ts'

/** The files of an outbox. Only `read` throws: why a file cannot be read decides what becomes of it. */
export class OutboxFiles {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Stores an event for this user alone; otherwise says why it could not. */
  store(name: string, event: CloudEvent, durable: boolean): string | null {
    const path = this.#pathOf(name)
    try {
      makeDirectory(this.#directory, 0o700)
      const replace = durable ? replaceFileDurably : replaceFile
      replace(path, JSON.stringify(event), 0o600)
      return null
    } catch (error) {
      return describeWriteError(path, error, '')
    }
  }

  list(): string[] {
    try {
      return readdirSync(this.#directory)
    } catch {
      // there is none yet, or none that can be read, which is reported when it is written
      return []
    }
  }

  read(name: string): string {
    return readFileSync(this.#pathOf(name), 'utf8')
  }

  remove(name: string): void {
    try {
      rmSync(this.#pathOf(name), { force: true })
    } catch {
      // a file system that became read-only: it is sent again at the next boot, and counted once by its id
    }
  }

  /** Renames a damaged file for people, and returns the path that it had. */
  setAside(name: string): string {
    const path = this.#pathOf(name)
    try {
      renameSync(path, `${path}.damaged`)
    } catch {
      // it stays where it is, and the next boot finds it again
    }
    return path
  }

  #pathOf(name: string): string {
    return `${this.#directory}/${name}`
  }
}
