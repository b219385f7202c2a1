import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCode, UserError } from '../base/errors.ts'
import type { Lock } from '../data/lock.ts'
import { GroupCommit } from './group-commit.ts'
import { MachineFile } from './machine-file.ts'
import { defaultMachine } from './name.ts'
import { listFiles, lockDirectory, provePlace } from './places.ts'
import type { MachineRecord } from './record.ts'
import type { Decision, StateStore } from './store.ts'

/** Where the machines are kept. */
export type FilePlaces = {
  /** A file for each machine: `NAME.yaml`. */
  readonly directory: string
  /** The file of the default machine, when it is kept in its chart and not in the directory. */
  readonly chart?: string
}

/** Keeps each machine in a YAML file of its own; one process alone has the directory. */
export class FileStore implements StateStore {
  #directory: string
  #chart: string | undefined
  #lock: Lock
  #machines = new Map<string, GroupCommit>()
  #listeners = new Set<(name: string, record: MachineRecord | null) => void>()

  private constructor({ directory, chart }: FilePlaces, lock: Lock) {
    this.#directory = directory
    this.#chart = chart
    this.#lock = lock
  }

  /** Reads all machines. Rejects when another process has them, and when a file is damaged, which is left as it is. */
  static async open(places: FilePlaces): Promise<FileStore> {
    const { directory, chart } = places
    const lock = await lockDirectory(directory)
    try {
      const store = new FileStore(places, lock)
      const files = await listFiles(directory)
      if (chart !== undefined) files.set(defaultMachine, await realpath(chart))
      for (const [name, path] of files) {
        const file = new MachineFile(path)
        const record = await file.read()
        if (name === defaultMachine && chart !== undefined) await provePlace(file)
        store.#add(name, file, record)
      }
      return store
    } catch (error) {
      lock.release()
      throw error
    }
  }

  async list(): Promise<readonly string[]> {
    return [...this.#machines]
      .filter(([, machine]) => machine.durable !== null)
      .map(([name]) => name)
      .sort()
  }

  async read(name: string): Promise<MachineRecord | null> {
    return this.#machines.get(name)?.durable ?? null
  }

  async create(name: string, record: MachineRecord): Promise<boolean> {
    const path = join(this.#directory, `${name}.yaml`)
    const machine = this.#machines.get(name) ?? this.#add(name, new MachineFile(path), null)
    const { answer } = await machine.change((newest) =>
      newest === null ? { record, answer: true } : { answer: false },
    )
    return answer
  }

  async update<Answer>(
    name: string,
    decide: (record: MachineRecord) => Decision<Answer>,
  ): Promise<{ readonly answer: Answer; readonly record: MachineRecord } | null> {
    const machine = this.#machines.get(name)
    if (!machine) return null
    const { answer, record } = await machine.change((newest) => {
      if (newest === null) return { answer: null }
      const decision = decide(newest)
      return { ...decision, answer: { given: decision.answer } }
    })
    return record && answer && { answer: answer.given, record }
  }

  async remove(name: string): Promise<boolean> {
    if (name === defaultMachine && this.#chart !== undefined)
      throw new UserError(
        `the machine "${name}" is kept in its chart ${this.#chart}, which is not removed`,
        exitCode.usage,
      )
    const machine = this.#machines.get(name)
    if (!machine) return false
    const { answer } = await machine.change((newest) =>
      newest === null ? { answer: false } : { record: null, answer: true },
    )
    return answer
  }

  watch(listener: (name: string, record: MachineRecord | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when all that was asked for is durable. */
  async close(): Promise<void> {
    for (const machine of this.#machines.values()) await machine.settle()
    this.#listeners.clear()
    this.#lock.release()
  }

  #add(name: string, file: MachineFile, durable: MachineRecord | null): GroupCommit {
    const machine = new GroupCommit(
      durable,
      (record) => file.write(record),
      (record) => {
        if (machine.vacant) this.#machines.delete(name)
        for (const listener of this.#listeners) listener(name, record)
      },
    )
    this.#machines.set(name, machine)
    return machine
  }
}
