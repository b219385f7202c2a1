import { Worker } from 'node:worker_threads'
import { Calls } from './calls.ts'
import { Gathering } from './gathering.ts'
import type { FleetEvent, InstanceRecord, KeptEvent } from './model.ts'
import type { SqliteFile } from './sqlite-file.ts'
import { type Prepared, prepare, readRow, SqliteIntake } from './sqlite-intake.ts'
import type { EventFilter, FleetStore, Kept, Retention, Sample, Taken } from './store.ts'

/** A quiet fleet costs some twenty commits a second, not one an event; a busy one is not held up. */
const commitPace = { milliseconds: 100, most: 16 }

const thread = import.meta.url.endsWith('.cjs') ? './receiver-sqlite-thread.cjs' : './sqlite-thread.ts'

/**
 * Opens a fleet in one SQLite file, which is made when it is not there and which one process alone has; rejects with a
 * UserError when it cannot be used. `pages` limits it to so many of 8 KiB.
 */
export async function openSqliteStore(file: string, pages: number | null = null): Promise<FleetStore> {
  const calls = new Calls<SqliteFile>(
    new Worker(new URL(thread, import.meta.url), { workerData: { file, pages } }),
  )
  const intake = new SqliteIntake(calls)
  try {
    await intake.load()
  } catch (error) {
    await calls.end()
    throw error
  }
  return new SqliteStore(calls, intake)
}

class SqliteStore implements FleetStore {
  readonly #file: Calls<SqliteFile>
  readonly #intake: SqliteIntake
  readonly #listeners = new Set<(kept: Kept) => void>()
  readonly #appends = new Gathering<readonly Prepared[], Taken>(
    (requests) => this.#inTurn(() => this.#keep(requests)),
    commitPace,
  )
  #turn: Promise<unknown> = Promise.resolve()

  constructor(file: Calls<SqliteFile>, intake: SqliteIntake) {
    this.#file = file
    this.#intake = intake
  }

  append(events: readonly FleetEvent[]): Promise<Taken> {
    return this.#appends.add(prepare(events))
  }

  watch(listener: (kept: Kept) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async records(): Promise<readonly InstanceRecord[]> {
    return this.#intake.records
  }

  async eventsAfter(position: number, limit: number): Promise<readonly KeptEvent[]> {
    return (await this.#file.ask('after', position, limit)).map(readRow)
  }

  async eventsOf(id: string, limit: number, only: EventFilter = {}): Promise<readonly KeptEvent[]> {
    return (await this.#file.ask('of', id, this.#intake.unfiledOf(id), limit, only)).map(readRow)
  }

  async lastStates(limit: number): Promise<readonly KeptEvent[]> {
    return (await this.#file.ask('states', limit)).map(readRow)
  }

  async samplesOf(id: string, from: number, to: number): Promise<readonly Sample[]> {
    const { single, means } = await this.#file.ask('stats', id, this.#intake.unfiledOf(id), from, to)
    const samples = single
      .map(readRow)
      .flatMap((event) => (event.kind === 'stats' ? [{ at: event.at, stats: event.stats }] : []))
    return [...means, ...samples].sort((a, b) => a.at - b.at)
  }

  forget(id: string): Promise<boolean> {
    return this.#inTurn(() => this.#intake.forgetNow(id))
  }

  async readDocument(name: string): Promise<unknown> {
    const text = await this.#file.ask('readDocument', name)
    return text === null ? null : JSON.parse(text)
  }

  writeDocument(name: string, value: unknown): Promise<void> {
    return this.#file.ask('writeDocument', name, JSON.stringify(value))
  }

  tidy(retention: Retention, now: number): Promise<{ more: boolean; gone: readonly string[] }> {
    return this.#inTurn(async () => {
      const silent = this.#intake.records.flatMap(({ id, heardAt }) =>
        heardAt < now - retention.instances && this.#intake.unfiledOf(id).length === 0 ? id : [],
      )
      const { more, gone, behind } = await this.#file.ask('tidy', retention, now, silent)
      if (behind) await this.#intake.fileOldest()
      this.#intake.forget(gone)
      return { more, gone }
    })
  }

  /** Nobody else has the file. */
  async leads(): Promise<boolean> {
    return true
  }

  size(): Promise<number> {
    return this.#file.ask('size')
  }

  async close(): Promise<void> {
    await this.#appends.settle()
    this.#listeners.clear()
    await this.#inTurn(() => this.#file.ask('close'))
    await this.#file.end()
  }

  async #keep(requests: readonly (readonly Prepared[])[]): Promise<readonly Taken[]> {
    const { taken, kept } = await this.#intake.keep(requests)
    if (kept.events.length > 0) for (const listener of this.#listeners) listener(kept)
    return taken
  }

  /** One at a time writes, so that what is known here is what the file has. */
  #inTurn<Result>(write: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.catch(() => {}).then(write)
    this.#turn = done
    return done
  }
}
