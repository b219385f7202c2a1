import { accessSync, constants, lstatSync, rmSync } from 'node:fs'
import { codeOf, makeDirectory, readText, replaceFileDurably } from '../base/files.ts'
import { statLink } from '../base/private-directory.ts'
import { describeWriteError } from '../base/write-error.ts'
import type { DataState } from '../lifecycle/world.ts'
import { claimState } from './state-directory.ts'

/** What /data/whaleup contains; an empty file is the mark of the original whaleware. */
type Mark = { version: string; initialisedAt: string; upgradedAt: string; bootId: string }

/** The marks in /data that show whether, and by which version, it was initialised. */
export class DataMarks {
  readonly #data: string
  readonly #mark: string
  readonly #begun: string

  constructor(data: string) {
    this.#data = data
    this.#mark = `${data}/whaleup`
    this.#begun = `${data}/.ww/firstboot-begun`
  }

  /** What /data is; one that is initialised need not be writable. */
  inspect(): DataState {
    try {
      makeDirectory(this.#data)
    } catch (error) {
      return { kind: 'unusable', reason: describeWriteError(this.#data, error) }
    }
    try {
      if (this.#isMarked()) return { kind: 'initialised', version: this.#readMark().version ?? '' }
    } catch (error) {
      return { kind: 'unusable', reason: describeReadError(this.#mark, error) }
    }
    try {
      accessSync(`${this.#data}/`, constants.W_OK | constants.X_OK)
      return { kind: 'fresh', interrupted: statLink(this.#begun) !== null }
    } catch (error) {
      return { kind: 'unusable', reason: describeWriteError(this.#data, error) }
    }
  }

  /** Notes durably that a firstboot has begun; otherwise says why it could not. */
  begin(bootId: string): string | null {
    return claimState(this.#data) ?? this.#replace(this.#begun, `${bootId}\n`, 0o600)
  }

  /**
   * Marks /data as initialised by, or upgraded to, a version; otherwise says why it could not. An image without a
   * version leaves the recorded one, so that a later downgrade is still noticed. The mark is durable before the note of
   * an unfinished firstboot is removed.
   */
  complete(version: string, bootId: string): string | null {
    const now = new Date().toISOString()
    let before: Partial<Mark>
    try {
      before = this.#isMarked() ? this.#readMark() : {}
    } catch (error) {
      return describeReadError(this.#mark, error)
    }
    const mark: Mark = {
      version: version || before.version || '',
      initialisedAt: before.initialisedAt ?? now,
      upgradedAt: now,
      bootId,
    }
    const problem = this.#replace(this.#mark, `${JSON.stringify(mark)}\n`, 0o644)
    if (problem === null) this.#removeBegun()
    return problem
  }

  #replace(path: string, content: string, mode: number): string | null {
    try {
      replaceFileDurably(path, content, mode)
      return null
    } catch (error) {
      return describeWriteError(path, error)
    }
  }

  #removeBegun(): void {
    try {
      rmSync(this.#begun, { force: true })
    } catch {
      // beside a mark it means nothing
    }
  }

  /** Throws when that cannot be known: /data must not pass for fresh because its disk has errors. */
  #isMarked(): boolean {
    try {
      return lstatSync(this.#mark, { throwIfNoEntry: false }) !== undefined
    } catch (error) {
      // without permission to search /data, what follows says so in terms of /data
      if (codeOf(error) === 'ENOTDIR' || codeOf(error) === 'EACCES') return false
      throw error
    }
  }

  #readMark(): Partial<Mark> {
    const text = readText(this.#mark)
    try {
      const mark: unknown = JSON.parse(text)
      if (typeof mark !== 'object' || mark === null) return {}
      const found: Partial<Mark> = {}
      if ('version' in mark && typeof mark.version === 'string') found.version = mark.version
      if ('initialisedAt' in mark && typeof mark.initialisedAt === 'string')
        found.initialisedAt = mark.initialisedAt
      return found
    } catch {
      // the empty one of the original whaleware, or somebody else's: there is data, of an unknown version
      return {}
    }
  }
}

function describeReadError(path: string, error: unknown): string {
  const reason =
    codeOf(error) === 'EACCES' ? 'permission denied; make it readable for the user of the instance' : null
  return `cannot read ${path}: ${reason ?? (error instanceof Error ? error.message : String(error))}`
}
