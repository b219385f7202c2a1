import type { FleetEvent, InstanceRecord, KeptEvent } from './model.ts'

/** What one transaction has changed: the new events, in the order in which they count, and what came of them. */
export type Kept = {
  readonly events: readonly KeptEvent[]
  /** The records as they are after it, one of each instance that it touched. */
  readonly records: readonly InstanceRecord[]
}

/** How many events of a request are new, and how many were known. */
export type Taken = { readonly kept: number; readonly duplicates: number }

/** Numbers of stats over a span of time: their means, when they are no longer kept one by one. */
export type Sample = { readonly at: number; readonly stats: unknown }

/** How long what is kept, in milliseconds, and how many bytes in all. */
export type Retention = {
  /** Stats one by one, then a mean a minute, then a mean an hour. */
  readonly stats: number
  readonly minutes: number
  readonly hours: number
  /** States entered. */
  readonly events: number
  /** Instances that have said nothing for so long are forgotten, unless they are kept by their events. */
  readonly instances: number
  readonly bytes: number
}

/** Which events are asked for: those before a position, and those of a kind; all when not given. */
export type EventFilter = {
  readonly before?: number | undefined
  readonly kind?: FleetEvent['kind'] | undefined
}

/**
 * Where the receiver keeps what it took in. A method that the place of keeping fails (a full disk, a database that is
 * away) rejects with a UserError; then nothing of the call was kept.
 */
export interface FleetStore {
  /**
   * Keeps events, and resolves when they are durable. An event whose id is known is passed over. What arrives while a
   * transaction is under way goes into the next one, all of it together.
   */
  append(events: readonly FleetEvent[]): Promise<Taken>
  /** Tells what was kept, by other receivers on the same store too, in order; call the answer to stop. */
  watch(listener: (kept: Kept) => void): () => void
  /** Every instance. */
  records(): Promise<readonly InstanceRecord[]>
  /** The events after a position, oldest first. */
  eventsAfter(position: number, limit: number): Promise<readonly KeptEvent[]>
  /** The events of an instance, newest first. */
  eventsOf(id: string, limit: number, only?: EventFilter): Promise<readonly KeptEvent[]>
  /** Forgets an instance with all that is kept of it; false when it is not known. What it reports later begins anew. */
  forget(id: string): Promise<boolean>
  /** The states that instances of all apps entered last, newest first: what durations are learnt from. */
  lastStates(limit: number): Promise<readonly KeptEvent[]>
  /** The stats of an instance from a time to another, oldest first. */
  samplesOf(id: string, from: number, to: number): Promise<readonly Sample[]>
  /** A small document by its name, such as the mutes; null when there is none. */
  readDocument(name: string): Promise<unknown>
  writeDocument(name: string, value: unknown): Promise<void>
  /**
   * Does a little of what retention asks for, so that nobody waits long; true when there is more to do. Tells the ids of
   * instances that it forgot.
   */
  tidy(
    retention: Retention,
    now: number,
  ): Promise<{ readonly more: boolean; readonly gone: readonly string[] }>
  /** Whether this one, of all receivers on the same store, acts for all; another does once this one is gone. */
  leads(): Promise<boolean>
  /** How many bytes it takes. */
  size(): Promise<number>
  close(): Promise<void>
}
