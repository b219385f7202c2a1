import type { MachineRecord } from './record.ts'

/** What a decision over a machine's record comes to: the record to keep, when it changes, and what to answer. */
export type Decision<Answer> = { readonly record?: MachineRecord; readonly answer: Answer }

/**
 * Where the machines are kept. A change is durable before its promise resolves. Updates that arrive together may be
 * made durable together; each sees the records that those before it left.
 */
export interface StateStore {
  /** The names of all machines, sorted. */
  list(): Promise<readonly string[]>
  /** The machine as last kept by whichever replica; null when there is none. */
  read(name: string): Promise<MachineRecord | null>
  /** Keeps a new machine; false when there is one of this name. */
  create(name: string, record: MachineRecord): Promise<boolean>
  /**
   * Decides about the newest record and keeps what comes of it; null when there is no such machine. `decide` is pure:
   * it is called again when somebody else was first. The store sets the revision: it grows by one with each change.
   */
  update<Answer>(
    name: string,
    decide: (record: MachineRecord) => Decision<Answer>,
  ): Promise<{ readonly answer: Answer; readonly record: MachineRecord } | null>
  /** Removes a machine; false when there was none. */
  remove(name: string): Promise<boolean>
  /** Tells of each change, the ones of other replicas included, null for a removal; call the answer to stop. */
  watch(listener: (name: string, record: MachineRecord | null) => void): () => void
  close(): Promise<void>
}
