import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programWords } from './program.ts'
import { until } from './until.ts'

/** A real `ww receiver` on a file of its own, which can be killed and started again at the same address. */
export class RealReceiver {
  readonly root = mkdtempSync(join(tmpdir(), 'ww-receiver-'))
  readonly db: string
  readonly #args: readonly string[]
  #process: ChildProcess | null = null
  #exited: Promise<number | string> = Promise.resolve(0)
  #scheme = 'http'
  #port = 0
  log = ''

  /** `args` are those beside the port and the place of keeping; `db` is a file of its own unless given. */
  constructor(args: readonly string[] = [], db?: string) {
    this.#args = args
    this.db = db ?? join(this.root, 'fleet.db')
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.#port}`
  }

  get pid(): number {
    return this.#process?.pid ?? 0
  }

  /** Starts it; resolves when it answers. */
  async start(): Promise<this> {
    const where = ['--port', String(this.#port), '--db', this.db]
    const [file, ...args] = programWords('receiver', ...where, ...this.#args)
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    this.#process = child
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
      this.log += text
    })
    this.#exited = new Promise((done) =>
      child.once('exit', (code, signal) => done(code ?? signal ?? 'unknown')),
    )
    await until(
      () => child.exitCode !== null || said.includes('receiving at '),
      () => `the receiver did not start: ${said}`,
    )
    const [, scheme, port] = /receiving at (https?):\/\/[^:]+:(\d+)/.exec(said) ?? []
    if (scheme === undefined) throw new Error(`the receiver did not start: ${said}`)
    this.#scheme = scheme
    this.#port = Number(port)
    return this
  }

  /** Ends it with a signal; resolves with the exit code or the signal's name. */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    this.#process?.kill(signal)
    return this.#exited
  }

  /** Ends it, and removes its files. */
  async remove(): Promise<void> {
    await this.end('SIGKILL')
    rmSync(this.root, { recursive: true, force: true })
  }

  /** The JSON that it answers with. */
  async read<Shape>(path: string): Promise<Shape> {
    return (await fetch(`${this.url}${path}`)).json() as Promise<Shape>
  }
}
