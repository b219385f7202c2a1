import type { Pool, QueryResultRow } from 'pg'
import { exitCode, UserError } from '../base/errors.ts'
import type { InstanceRecord, KeptEvent } from './model.ts'
import { meanOf, type Sums } from './numbers.ts'
import type { EventFilter, Sample } from './store.ts'

/** How long a size is good for, in milliseconds: to know it, all rows are read. */
const fresh = 60_000

/** What is read of a fleet in PostgreSQL. */
export class PostgresReads {
  readonly #pool: Pool
  readonly #place: string
  #live = { bytes: 0, at: Number.NEGATIVE_INFINITY }

  /** `place` is what errors name. */
  constructor(pool: Pool, place: string) {
    this.#pool = pool
    this.#place = place
  }

  async records(): Promise<readonly InstanceRecord[]> {
    const { rows } = await this.#query<{ record: InstanceRecord }>('SELECT record FROM ww_instances')
    return rows.map(({ record }) => record)
  }

  async recordsOf(ids: readonly string[]): Promise<readonly InstanceRecord[]> {
    const text = 'SELECT record FROM ww_instances WHERE id = ANY ($1)'
    const { rows } = await this.#query<{ record: InstanceRecord }>(text, [ids])
    return rows.map(({ record }) => record)
  }

  /** Those of some instances that are not kept. */
  async unkept(ids: readonly string[]): Promise<readonly string[]> {
    const text =
      'SELECT id FROM unnest($1::text[]) AS asked (id) WHERE id NOT IN (SELECT id FROM ww_instances)'
    const { rows } = await this.#query<{ id: string }>(text, [ids])
    return rows.map(({ id }) => id)
  }

  async lastPosition(): Promise<number> {
    const { rows } = await this.#query<{ last: string | null }>('SELECT max(position) AS last FROM ww_events')
    return Number(rows[0]?.last ?? 0)
  }

  eventsAfter(position: number, limit: number): Promise<readonly KeptEvent[]> {
    return this.#readEvents('WHERE position > $1 ORDER BY position LIMIT $2', position, limit)
  }

  eventsOf(id: string, limit: number, { before, kind }: EventFilter = {}): Promise<readonly KeptEvent[]> {
    const condition =
      'WHERE instance = $1 AND position < $2 AND kind = coalesce($3, kind) ORDER BY position DESC LIMIT $4'
    return this.#readEvents(condition, id, before ?? Number.MAX_SAFE_INTEGER, kind ?? null, limit)
  }

  lastStates(limit: number): Promise<readonly KeptEvent[]> {
    return this.#readEvents("WHERE kind = 'lifecycle' ORDER BY at DESC LIMIT $1", limit)
  }

  async samplesOf(id: string, from: number, to: number): Promise<readonly Sample[]> {
    const { rows } = await this.#query<{ at: string; stats: Sums }>(
      'SELECT at, stats FROM ww_samples WHERE instance = $1 AND at BETWEEN $2 AND $3',
      [id, from, to],
    )
    const condition = "WHERE instance = $1 AND kind = 'stats' AND at BETWEEN $2 AND $3"
    const single = (await this.#readEvents(condition, id, from, to)).flatMap((event) =>
      event.kind === 'stats' ? [{ at: event.at, stats: event.stats }] : [],
    )
    const means = rows.map(({ at, stats }) => ({ at: Number(at), stats: meanOf(stats) }))
    return [...means, ...single].sort((a, b) => a.at - b.at)
  }

  async readDocument(name: string): Promise<unknown> {
    const text = 'SELECT value FROM ww_documents WHERE name = $1'
    const { rows } = await this.#query<{ value: unknown }>(text, [name])
    return rows[0]?.value ?? null
  }

  /** How many bytes its rows take; what PostgreSQL has not given back to the disk yet does not count. */
  async size(): Promise<number> {
    if (performance.now() - this.#live.at > fresh) await this.#measure()
    return this.#live.bytes
  }

  /** Whether the rows take more than so many bytes; they are read only when that may be so. */
  async isFull(bytes: number): Promise<boolean> {
    const { rows } = await this.#query<{ bytes: string }>(
      "SELECT pg_total_relation_size('ww_events') + pg_total_relation_size('ww_samples') AS bytes",
    )
    if (Number(rows[0]?.bytes) <= bytes) return false
    await this.#measure()
    return this.#live.bytes > bytes
  }

  async #measure(): Promise<void> {
    const { rows } = await this.#query<{ bytes: string }>(
      `SELECT (SELECT coalesce(sum(pg_column_size(ww_events.*)), 0) FROM ww_events)
            + (SELECT coalesce(sum(pg_column_size(ww_samples.*)), 0) FROM ww_samples) AS bytes`,
    )
    this.#live = { bytes: Number(rows[0]?.bytes), at: performance.now() }
  }

  async #readEvents(condition: string, ...values: (string | number | null)[]): Promise<KeptEvent[]> {
    const text = `SELECT position, event FROM ww_events ${condition}`
    const { rows } = await this.#query<{ position: string; event: KeptEvent }>(text, values)
    return rows.map(({ position, event }) => ({ ...event, position: Number(position) }))
  }

  async #query<Row extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ readonly rows: readonly Row[] }> {
    try {
      return await this.#pool.query<Row>(text, [...values])
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new UserError(`cannot read ${this.#place}: ${why}`, exitCode.failed, { cause: error })
    }
  }
}
