import { gatherUpdates } from './gather.ts'
import type { MachineRecord } from './record.ts'

/** What is decided about a machine that may not be there: the record to keep, null to remove it, or no change. */
export type Verdict<Answer> = { readonly record?: MachineRecord | null; readonly answer: Answer }

/** Makes a machine's newest record durable; null removes it. */
export type Write = (record: MachineRecord | null) => Promise<void>

/**
 * The changes of one machine. Those that come while a write is under way are decided in order, each on what the one
 * before left, and written together; each is answered when it is durable. An idle machine writes at once.
 */
export class GroupCommit {
  #write: Write
  #tell: (record: MachineRecord | null) => void
  #durable: MachineRecord | null
  #newest: MachineRecord | null
  /** Decided after the write that is under way began. */
  #waiting: { readonly records: (MachineRecord | null)[]; readonly done: PromiseWithResolvers<void> } | null =
    null
  #running: Promise<void> | null = null

  constructor(durable: MachineRecord | null, write: Write, tell: (record: MachineRecord | null) => void) {
    this.#durable = durable
    this.#newest = durable
    this.#write = write
    this.#tell = tell
  }

  /** The machine as it would be found after a power cut. */
  get durable(): MachineRecord | null {
    return this.#durable
  }

  /** Whether there is no machine, and nobody who is making one. */
  get vacant(): boolean {
    return this.#newest === null && this.#waiting === null
  }

  /** Decides about the newest record; rejects when it could not be made durable. */
  async change<Answer>(
    decide: (newest: MachineRecord | null) => Verdict<Answer>,
  ): Promise<{ readonly answer: Answer; readonly record: MachineRecord | null }> {
    const { record: changed, answer } = decide(this.#newest)
    if (changed === undefined) {
      const record = this.#newest
      // what the answer rests on may still be on its way to the disk
      if (record !== this.#durable) await this.#join(null)
      return { answer, record }
    }
    const revision = this.#newest === null ? changed?.revision : this.#newest.revision + 1
    const record = changed && { ...changed, revision: revision ?? 0 }
    this.#newest = record
    await this.#join({ record })
    return { answer, record }
  }

  /** Waits until all that was asked for is durable or failed. */
  async settle(): Promise<void> {
    while (this.#running) await this.#running
  }

  #join(change: { readonly record: MachineRecord | null } | null): Promise<void> {
    this.#waiting ??= { records: [], done: Promise.withResolvers() }
    if (change) this.#waiting.records.push(change.record)
    const { promise } = this.#waiting.done
    this.#running ??= this.#run().finally(() => {
      this.#running = null
    })
    return promise
  }

  async #run(): Promise<void> {
    while (this.#waiting) {
      const { records, done } = this.#waiting
      this.#waiting = null
      const target = this.#newest
      try {
        if (target !== this.#durable) await this.#write(target)
      } catch (error) {
        this.#giveUp(done, error)
        continue
      }
      this.#durable = target
      done.resolve()
      for (const record of records) this.#tell(record)
      if (records.length > 1)
        await gatherUpdates(() => this.#waitingCount, this.#waitingCount + records.length)
    }
  }

  get #waitingCount(): number {
    return this.#waiting?.records.length ?? 0
  }

  /** What was decided meanwhile rests on what is lost, and is lost with it. */
  #giveUp(done: PromiseWithResolvers<void>, error: unknown): void {
    this.#newest = this.#durable
    done.reject(error)
    this.#waiting?.done.reject(error)
    this.#waiting = null
  }
}
