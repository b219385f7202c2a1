import { type EtcdMachine, type Kept, readKept, writeKept } from './etcd-record.ts'
import { gatherUpdates } from './gather.ts'
import type { MachineRecord } from './record.ts'
import type { Decision } from './store.ts'

type Answered<Answer> = { readonly answer: Answer; readonly record: MachineRecord } | null

/** An update that waits: `decide` tries it on a record, and `settle` tells its caller what came of the last try. */
type Waiting = {
  readonly decide: (record: MachineRecord) => MachineRecord
  readonly settle: (isThere: boolean) => void
  readonly reject: (error: unknown) => void
}

/** So many updates at most are made durable by one transaction. */
const batchLimit = 500

/**
 * The way of one machine's reads and updates to etcd. What comes while a round trip is under way waits for the next
 * one and shares it: the more ask, the more each round trip carries.
 */
export class EtcdLane {
  readonly #machine: EtcdMachine
  /** The newest record that was seen: a hint that saves bytes, never believed without asking. */
  #kept: Kept | null = null
  #reading: Promise<Kept | null> | null = null
  #next: Promise<Kept | null> | null = null
  #waiting: Waiting[] = []
  #draining: Promise<void> | null = null

  constructor(machine: EtcdMachine) {
    this.#machine = machine
  }

  /** The newest record that this replica has seen. */
  get kept(): Kept | null {
    return this.#kept
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return this.#reading === null && this.#draining === null
  }

  /** The record at some moment after the call: a read that is under way already is too early. */
  read(): Promise<Kept | null> {
    if (this.#reading === null) return this.#startReading()
    const start = (): Promise<Kept | null> => this.#startReading()
    this.#next ??= this.#reading.then(start, start)
    return this.#next
  }

  update<Answer>(decide: (record: MachineRecord) => Decision<Answer>): Promise<Answered<Answer>> {
    return new Promise((resolve, reject) => {
      let outcome: Answered<Answer> = null
      let failure: { readonly error: unknown } | null = null
      this.#waiting.push({
        decide: (record) => {
          failure = null
          try {
            const decision = decide(record)
            const made = decision.record ? { ...decision.record, revision: record.revision + 1 } : record
            outcome = { answer: decision.answer, record: made }
            return made
          } catch (error) {
            failure = { error }
            return record
          }
        },
        settle: (isThere) => {
          if (isThere && failure) reject(failure.error)
          else resolve(isThere ? outcome : null)
        },
        reject,
      })
      this.#draining ??= this.#drain()
    })
  }

  /** Takes note of a record that was heard of. */
  learn(kept: Kept | null): void {
    if (kept === null || kept.modified > (this.#kept?.modified ?? 0)) this.#kept = kept
  }

  /** Resolves when no update is under way. */
  async finish(): Promise<void> {
    await this.#draining
  }

  #startReading(): Promise<Kept | null> {
    this.#next = null
    const reading = readKept(this.#machine, this.#kept).finally(() => {
      if (this.#reading === reading) this.#reading = null
    })
    this.#reading = reading
    return reading.then((kept) => {
      this.learn(kept)
      return kept
    })
  }

  async #drain(): Promise<void> {
    // what arrives in the same turn of the event loop goes along
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchLimit)
      try {
        const isThere = await this.#decideAll(batch)
        for (const update of batch) update.settle(isThere)
        if (batch.length > 1) {
          await gatherUpdates(() => this.#waiting.length, this.#waiting.length + batch.length)
        }
      } catch (error) {
        for (const update of batch) update.reject(error)
      }
    }
    this.#draining = null
  }

  /** Decides a batch in order on the newest record, anew whenever somebody else was first; false without a machine. */
  async #decideAll(batch: readonly Waiting[]): Promise<boolean> {
    let base = this.#kept ?? (await readKept(this.#machine, null))
    while (base !== null) {
      const record = batch.reduce((current, { decide }) => decide(current), base.record)
      const isSame = record === base.record
      // refusals too are answered on the newest record alone
      const newest: Kept | null = isSame ? await readKept(this.#machine, base) : base
      if (isSame && newest?.modified === base.modified) return true
      const written = isSame ? { won: false, newest } : await writeKept(this.#machine, base, record)
      this.learn(written.newest)
      if (written.won) return true
      base = written.newest
    }
    return false
  }
}
