import { closeSync, fchmodSync, fsync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { type DrawMachine, prepareDrawing } from './machine-text.ts'
import { readMachine, tellProblems } from './read-yaml.ts'
import type { MachineRecord } from './record.ts'

/** One machine in one YAML file, which is replaced in one step that survives a power cut. */
export class MachineFile {
  readonly path: string
  #temporary: string
  #mode: number | null = null
  #draw: DrawMachine | null = null

  constructor(path: string) {
    this.path = path
    this.#temporary = join(dirname(path), `.${basename(path)}.tmp`)
  }

  /** What is in the file. A file that is damaged is refused, and left as it is. */
  async read(): Promise<MachineRecord> {
    const text = await readFile(this.path, 'utf8').catch((error: Error) => {
      throw new UserError(`cannot read a machine: ${error.message}`, exitCode.configuration)
    })
    const machine = readMachine(text)
    if ('problems' in machine) {
      const what = tellProblems(this.path, machine.problems)
      throw new UserError(`cannot take this chart, which is left as it is: ${what}`, exitCode.configuration)
    }
    this.#mode = (await stat(this.path)).mode & 0o777
    this.#draw = prepareDrawing(machine.record, machine.document)
    return machine.record
  }

  /** Replaces the file by what is in it, which shows that it can be replaced. */
  async rewrite(): Promise<void> {
    await this.#replace(await readFile(this.path, 'utf8'))
  }

  /** Replaces the file, or removes it for null. */
  async write(record: MachineRecord | null): Promise<void> {
    try {
      if (record === null) rmSync(this.path, { force: true })
      else await this.#replace(this.#drawingOf(record)(record))
      await syncAndClose(openSync(dirname(this.path), 'r'))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new UserError(`cannot keep ${this.path}: ${why}`, exitCode.failed, { cause: error })
    }
  }

  #drawingOf(record: MachineRecord): DrawMachine {
    // a machine that begins may be another one than that of the same name before
    if (this.#draw === null || record.revision === 0) this.#draw = prepareDrawing(record)
    return this.#draw
  }

  async #replace(text: string): Promise<void> {
    try {
      const file = openSync(this.#temporary, 'w')
      if (this.#mode !== null) fchmodSync(file, this.#mode)
      await syncAndClose(file, text)
      renameSync(this.#temporary, this.path)
    } catch (error) {
      rmSync(this.#temporary, { force: true })
      throw error
    }
  }
}

const sync = promisify(fsync)

/** Waits for the disk alone: what the kernel does in memory takes less time than to hand it to another thread. */
async function syncAndClose(file: number, text?: string): Promise<void> {
  try {
    if (text !== undefined) writeFileSync(file, text)
    await sync(file)
  } finally {
    closeSync(file)
  }
}
