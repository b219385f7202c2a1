import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileStore } from '../../ww/states/file-store.ts'
import { type StatesServer, serveStates } from '../../ww/states/serve.ts'

/** What a machine looks like from outside. */
export type SeenMachine = {
  readonly name: string
  readonly state: string
  readonly revision: number
  readonly due?: string
  readonly chart: { readonly states: readonly { readonly current?: object }[] }
}

/** A machine's history from outside. */
export type SeenHistory = {
  readonly history: readonly {
    readonly revision: number
    readonly at: string
    readonly by: string
    readonly state: string
  }[]
}

/** A service on files, for a test. */
export class TestService {
  readonly root = mkdtempSync(join(tmpdir(), 'ww-states-'))
  readonly warnings: string[] = []
  readonly #tokens: ReadonlyMap<string, string>
  #server: StatesServer | null = null
  #chart: string | null = null

  constructor(tokens: Record<string, string> = {}) {
    this.#tokens = new Map(Object.entries(tokens))
  }

  get url(): string {
    return this.#server?.url ?? ''
  }

  get directory(): string {
    return join(this.root, 'machines')
  }

  /** Starts it, or starts it again; with a chart, that is the default machine. */
  async start(chart?: string, port = 0): Promise<this> {
    if (chart !== undefined) {
      this.#chart = join(this.root, 'states.yaml')
      writeFileSync(this.#chart, chart)
    }
    const { directory } = this
    const store = await FileStore.open({ directory, ...(this.#chart !== null && { chart: this.#chart }) })
    const warn = (line: string): void => void this.warnings.push(line)
    this.#server = await serveStates(store, { host: '127.0.0.1', port, tokens: this.#tokens, warn })
    return this
  }

  async stop(): Promise<void> {
    await this.#server?.close()
    this.#server = null
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.root, { recursive: true, force: true })
  }

  /** Asks it: `PUT /state?state=a`. */
  ask(
    what: string,
    options: { headers?: Record<string, string>; body?: string; signal?: AbortSignal } = {},
  ): Promise<Response> {
    const [method = '', path = ''] = what.split(' ')
    return fetch(`${this.url}${path}`, { method, ...options })
  }

  /** The status alone. */
  async status(what: string, headers: Record<string, string> = {}): Promise<number> {
    const answer = await this.ask(what, { headers })
    await answer.text()
    return answer.status
  }

  /** Makes a machine. */
  async make(name: string, chart: string): Promise<void> {
    const answer = await this.ask(`POST /machines?name=${name}`, { body: chart })
    if (answer.status !== 201) throw new Error(await answer.text())
  }

  /** The JSON that it answers with. */
  async read<Shape>(what: string): Promise<Shape> {
    return (await this.ask(what)).json() as Promise<Shape>
  }
}
