import { type Arrival, countTaken, listArrivals } from './arrivals.ts'
import type { Calls } from './calls.ts'
import { passOverKnown } from './duplicate.ts'
import { applyEvent } from './instance-record.ts'
import { type FleetEvent, type InstanceRecord, instanceId, type KeptEvent } from './model.ts'
import type { Row, SqliteFile } from './sqlite-file.ts'
import type { KeptRow } from './sqlite-reads.ts'
import type { Kept, Taken } from './store.ts'
import { Unfiled } from './unfiled.ts'

/** How many events are filed in one go when all must be. */
const slice = 5000

/** An event as it was read from a file. */
export const readRow = ({ position, event }: KeptRow): KeptEvent => ({ ...JSON.parse(event), position })

/** An event that has come, made ready to be written: while the file is busy with others there is time for that. */
export type Prepared = Arrival & { readonly row: Row }

/** Makes the events of a request ready. */
export function prepare(events: readonly FleetEvent[]): readonly Prepared[] {
  return listArrivals(events).map(({ event, instance }) => {
    const { id, bootId, kind, at, sequence } = event
    const key = bootId === '' ? `${instance} ${id}` : null
    return { event, instance, row: { key, instance, kind, at, sequence, event: JSON.stringify(event) } }
  })
}

/**
 * Knows what a file has of each instance: its record, and which of its events are not filed. One write at a time may
 * be under way.
 */
export class SqliteIntake {
  readonly #file: Calls<SqliteFile>
  readonly #records = new Map<string, InstanceRecord>()
  readonly #unfiled = new Unfiled()

  constructor(file: Calls<SqliteFile>) {
    this.#file = file
  }

  async load(): Promise<void> {
    const { records, later } = await this.#file.ask('load')
    for (const text of records) {
      const record: InstanceRecord = JSON.parse(text)
      this.#records.set(record.id, record)
    }
    this.#apply(later.map(readRow))
  }

  get records(): readonly InstanceRecord[] {
    return [...this.#records.values()]
  }

  /** Where the unfiled events of an instance are. */
  unfiledOf(id: string): number[] {
    return this.#unfiled.of(id).map(({ position }) => position)
  }

  /** The file has forgotten these. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#records.delete(id)
  }

  /** Forgets an instance and all that the file has of it; false when it is not known. */
  async forgetNow(id: string): Promise<boolean> {
    if (!this.#records.has(id)) return false
    await this.#file.ask('forget', id, this.unfiledOf(id))
    this.#unfiled.drop(new Set([id]))
    this.forget([id])
    return true
  }

  /** Files the events that have waited longest. */
  async fileOldest(): Promise<void> {
    await this.#write([], this.#unfiled.due(this.#unfiled.size - slice))
  }

  /** Keeps what several requests ask for, and tells what is new and what was known of each. */
  async keep(
    requests: readonly (readonly Prepared[])[],
  ): Promise<{ readonly taken: readonly Taken[]; readonly kept: Kept }> {
    const fresh = await passOverKnown(
      requests.flat(),
      (id) => this.#records.get(id),
      (open) => this.#lookUp(open),
    )
    const positions = await this.#write(
      fresh.map(({ row }) => row),
      this.#unfiled.due(),
    )
    const events: KeptEvent[] = []
    const kept = fresh.filter(({ event }, index) => {
      const position = positions[index] ?? null
      if (position !== null) events.push({ ...event, position })
      return position !== null
    })
    return { taken: countTaken(requests, kept), kept: { events, records: this.#apply(events) } }
  }

  async #write(rows: readonly Row[], due: ReadonlySet<string>): Promise<readonly (number | null)[]> {
    const filings = [...due].map((instance) => ({
      instance,
      positions: this.unfiledOf(instance),
      record: JSON.stringify(this.#records.get(instance)),
    }))
    const positions = await this.#file.ask('keep', rows, { filings, filedTo: this.#unfiled.filedTo(due) })
    this.#unfiled.drop(due)
    return positions
  }

  /** Brings the records up to what was kept, and answers with those that it touched. */
  #apply(kept: readonly KeptEvent[]): InstanceRecord[] {
    const touched = new Set<string>()
    for (const event of kept) {
      const id = instanceId(event.app, event.instance)
      this.#records.set(id, applyEvent(this.#records.get(id) ?? null, event))
      this.#unfiled.note(id, event)
      touched.add(id)
    }
    return [...touched].flatMap((id) => this.#records.get(id) ?? [])
  }

  async #lookUp(open: readonly Arrival[]): Promise<readonly KeptEvent[]> {
    const asked = open.map(({ instance, event: { sequence } }) => {
      const unfiled = this.#unfiled.of(instance).filter((place) => place.sequence === sequence)
      return { instance, sequence, unfiled: unfiled.map(({ position }) => position) }
    })
    return (await this.#file.ask('ofSequences', asked)).map(readRow)
  }
}
