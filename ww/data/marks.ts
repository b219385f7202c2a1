import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { replaceFileDurably } from '../base/files.ts'
import type { DataState } from '../lifecycle/world.ts'

/** What /data/whaleup holds; an empty file is the mark of the original whaleware. */
type Mark = { version: string; initialisedAt: string; upgradedAt: string; bootId: string }

/** The marks in /data that tell whether, and by which version, it was initialised. */
export class DataMarks {
  readonly #data: string
  readonly #mark: string
  readonly #begun: string

  constructor(data: string) {
    this.#data = data
    this.#mark = `${data}/whaleup`
    this.#begun = `${data}/.ww/firstboot-begun`
  }

  inspect(): DataState {
    try {
      mkdirSync(this.#data, { recursive: true })
      if (existsSync(this.#mark)) return { kind: 'initialised', version: this.#readMark().version ?? '' }
      accessSync(this.#data, constants.W_OK)
      return { kind: 'fresh', interrupted: existsSync(this.#begun) }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error
      return {
        kind: 'unusable',
        reason: `cannot write to ${this.#data} as uid ${process.getuid?.()} (${code})`,
      }
    }
  }

  begin(bootId: string): void {
    mkdirSync(`${this.#data}/.ww`, { recursive: true })
    replaceFileDurably(this.#begun, `${bootId}\n`)
  }

  /** The mark is the last thing of a firstboot: it is durable before the begun note goes. */
  complete(version: string, bootId: string): void {
    const now = new Date().toISOString()
    const { initialisedAt } = existsSync(this.#mark) ? this.#readMark() : {}
    const mark: Mark = { version, initialisedAt: initialisedAt ?? now, upgradedAt: now, bootId }
    replaceFileDurably(this.#mark, `${JSON.stringify(mark)}\n`)
    rmSync(this.#begun, { force: true })
  }

  #readMark(): Partial<Mark> {
    const text = readFileSync(this.#mark, 'utf8').trim()
    if (text === '') return {}
    try {
      const mark: unknown = JSON.parse(text)
      if (typeof mark !== 'object' || mark === null) return {}
      return {
        ...('version' in mark && typeof mark.version === 'string' ? { version: mark.version } : {}),
        ...('initialisedAt' in mark && typeof mark.initialisedAt === 'string'
          ? { initialisedAt: mark.initialisedAt }
          : {}),
      }
    } catch {
      // somebody's own whaleup: there is data, of a version nobody knows
      return {}
    }
  }
}
