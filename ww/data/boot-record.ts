import { mkdirSync, readFileSync } from 'node:fs'
import { replaceFile } from '../base/files.ts'
import type { Crash } from '../lifecycle/world.ts'
import { type Lock, tryLock } from './lock.ts'
import { countOomKills, wasOomKilled } from './oom.ts'

/** The states after which a boot has nothing more to say. */
const ends = ['STOPPED', 'ERROR']

/** What a boot leaves on disk of itself, so that the next one can tell that it crashed. */
export class BootRecord {
  readonly #path: string
  readonly #bootId: string
  readonly #lock: Lock | null
  /** The boot before this one, when it ended without STOPPED or ERROR. */
  readonly crash: Crash | undefined

  private constructor(directory: string, bootId: string, lock: Lock | null) {
    this.#path = `${directory}/boot.json`
    this.#bootId = bootId
    this.#lock = lock
    this.crash = readCrash(this.#path)
  }

  /**
   * Opens the record in the first directory that can be written and is not another running instance's; with /data
   * first, a crash is noticed by the container that replaces the crashed one, too.
   */
  static open(directories: readonly string[], bootId: string): BootRecord | null {
    for (const directory of directories) {
      try {
        mkdirSync(directory, { recursive: true })
        const lock = tryLock(`${directory}/boot.lock`)
        if (lock) return new BootRecord(directory, bootId, lock)
      } catch {
        // it can't be written: the next one may be
      }
    }
    return null
  }

  /** Notes the state that was entered. */
  note(state: string, at: number): void {
    const record = {
      bootId: this.#bootId,
      state,
      since: new Date(at).toISOString(),
      oomKills: countOomKills(),
    }
    try {
      replaceFile(this.#path, `${JSON.stringify(record)}\n`)
    } catch {
      // a full disk must not end the lifecycle; the next boot may then not see a crash
    }
  }

  close(): void {
    this.#lock?.release()
  }
}

function readCrash(path: string): Crash | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof record !== 'object' || record === null) return undefined
    if (!('bootId' in record && 'state' in record && 'since' in record && 'oomKills' in record))
      return undefined
    const { bootId, state, since, oomKills } = record
    if (typeof bootId !== 'string' || typeof state !== 'string' || typeof since !== 'string') return undefined
    if (ends.includes(state)) return undefined
    const killsThen = typeof oomKills === 'number' ? oomKills : null
    return { bootId, state, since, oomKilled: wasOomKilled(killsThen, countOomKills()) }
  } catch {
    // none, or one cut short by a full disk
    return undefined
  }
}
