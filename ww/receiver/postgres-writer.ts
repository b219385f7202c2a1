import type { ClientBase, Pool } from 'pg'
import { exitCode, UserError } from '../base/errors.ts'
import { writersLock } from './postgres-schema.ts'

/** Writes to PostgreSQL, one transaction at a time among all receivers on it. */
export class PostgresWriter {
  readonly #pool: Pool
  readonly #place: string

  /** `place` is what errors name. */
  constructor(pool: Pool, place: string) {
    this.#pool = pool
    this.#place = place
  }

  /** Resolves when what was written is on the disk; rejects with a UserError, and then nothing was. */
  async write<Result>(write: (client: ClientBase) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect().catch((error) => this.#fail(error))
    try {
      // whatever is usual there: what is answered for is on the disk
      await client.query('BEGIN; SET LOCAL synchronous_commit = on')
      await client.query('SELECT pg_advisory_xact_lock($1)', [writersLock])
      const result = await write(client)
      await client.query('COMMIT')
      client.release()
      return result
    } catch (error) {
      // the connection may be broken, or in the middle of something: it is not used again
      client.release(true)
      return this.#fail(error)
    }
  }

  #fail(error: unknown): never {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`cannot write ${this.#place}: ${why}`, exitCode.failed, { cause: error })
  }
}
