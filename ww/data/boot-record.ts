import { readFileSync } from 'node:fs'
import { replaceFile } from '../base/files.ts'
import { formatTime } from '../base/text.ts'
import { describeWriteError } from '../base/write-error.ts'
import type { Crash } from '../lifecycle/crash.ts'
import { countOomKills, formatOutOfMemory, readMemoryLimit, wasOomKilled } from './oom.ts'

/** The states that end a boot in order. */
const ends = ['STOPPED', 'ERROR']

/** Which boot of which instance this is. */
export type Boot = { readonly instance: string; readonly bootId: string }

/** What a boot leaves on disk about itself, so that the next one of the same instance sees that it crashed. */
export class BootRecord {
  readonly #path: string | null
  readonly #boot: Boot
  readonly #warn: (line: string) => void
  #failing = false
  /** The boot before this one, when it ended without STOPPED or ERROR. */
  readonly crash: Crash | undefined

  /** `directory` is that of the instance; null stores nothing. `warn` gets one line when storing begins to fail. */
  constructor(directory: string | null, boot: Boot, warn: (line: string) => void) {
    this.#path = directory && `${directory}/boot.json`
    this.#boot = boot
    this.#warn = warn
    this.crash = this.#path === null ? undefined : readCrash(this.#path, boot)
  }

  /** Notes the state that was entered, at a time in milliseconds since the epoch. */
  note(state: string, at: number): void {
    if (this.#path === null) return
    const since = new Date(at).toISOString()
    const record = { ...this.#boot, state, since, oomKills: countOomKills() }
    try {
      replaceFile(this.#path, `${JSON.stringify(record)}\n`, 0o600)
      this.#failing = false
    } catch (error) {
      // the next boot may then not see a crash, or see one that was none: no reason to end this one
      if (!this.#failing) this.#warn(describeWriteError(this.#path, error, ''))
      this.#failing = true
    }
  }
}

/** A crash as the next boot logs it. */
export function describeCrash({ state, since, oomKilled }: Crash): string {
  const cause = oomKilled ? `: ${formatOutOfMemory(readMemoryLimit())}` : ''
  return `the previous boot crashed in ${state}, entered at ${formatTime(Date.parse(since), 0)}Z${cause}`
}

function readCrash(path: string, boot: Boot): Crash | undefined {
  try {
    const record: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof record !== 'object' || record === null) return undefined
    if (!('instance' in record && 'bootId' in record && 'state' in record && 'since' in record))
      return undefined
    const { instance, bootId, state, since } = record
    if (instance !== boot.instance || bootId === boot.bootId) return undefined
    if (typeof bootId !== 'string' || typeof state !== 'string' || typeof since !== 'string') return undefined
    if (ends.includes(state)) return undefined
    const before = 'oomKills' in record && typeof record.oomKills === 'number' ? record.oomKills : null
    return { bootId, state, since, oomKilled: wasOomKilled(before, countOomKills()) }
  } catch {
    // none, or one cut short by a full disk
    return undefined
  }
}
