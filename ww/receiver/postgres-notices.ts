import { Client } from 'pg'

/** How long to wait before another attempt to listen, in milliseconds. */
const pause = 1000

/**
 * Hears when another receiver has kept something, and holds what only one of them may, on a connection of its own that
 * is made anew when it breaks.
 */
export class Notices {
  readonly #url: string
  readonly #warn: (line: string) => void
  #client: Client | null = null
  /** The connection that has the lock. */
  #holder: Client | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  constructor(url: string, warn: (line: string) => void) {
    this.#url = url
    this.#warn = warn
  }

  /** Calls `tell` at each notice, and after each break, since something may have been missed. */
  async open(tell: () => void): Promise<void> {
    const client = new Client({ connectionString: this.#url, keepAlive: true })
    const again = (error?: Error): void => {
      if (this.#closed || this.#client !== client) return
      this.#client = null
      this.#warn(
        `PostgreSQL tells nothing any more (${error?.message ?? 'the connection ended'}); trying again`,
      )
      void client.end().catch(() => {})
      this.#retry(tell)
    }
    client.on('error', again)
    client.on('end', () => again())
    client.on('notification', tell)
    this.#client = client
    await client.connect()
    await client.query('LISTEN ww_fleet')
  }

  /** Whether this connection has an advisory lock, which is taken when it is free; rejects while there is none. */
  async holds(lock: number): Promise<boolean> {
    const client = this.#client
    if (client === null) throw new Error('PostgreSQL is out of reach')
    if (this.#holder === client) return true
    const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [lock])
    const isHeld = rows[0]?.held === true
    if (isHeld) this.#holder = client
    return isHeld
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#client?.end().catch(() => {})
  }

  #retry(tell: () => void): void {
    this.#timer = setTimeout(() => {
      this.open(tell).then(tell, () => {
        this.#client = null
        if (!this.#closed) this.#retry(tell)
      })
    }, pause)
  }
}
