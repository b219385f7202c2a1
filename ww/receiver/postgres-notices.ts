import { Client } from 'pg'

/** How long to wait before another attempt to listen, in milliseconds. */
const pause = 1000

/** Hears when another receiver has kept something, on a connection of its own that is made anew when it breaks. */
export class Notices {
  readonly #url: string
  readonly #warn: (line: string) => void
  #client: Client | null = null
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
