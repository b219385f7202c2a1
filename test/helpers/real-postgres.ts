import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { until } from './until.ts'

const programs = '/usr/lib/postgresql/15/bin'

/** A real PostgreSQL of Debian's packages, its data in a temporary directory, gone with it. */
export class RealPostgres {
  readonly #root = mkdtempSync(join(tmpdir(), 'ww-postgres-'))
  #process: ChildProcess | null = null
  #port = 0
  #databases = 0

  async start(): Promise<this> {
    chmodSync(this.#root, 0o777)
    if (this.#port === 0) {
      this.#port = await findFreePort()
      this.#run('initdb', '-D', join(this.#root, 'data'), '-A', 'trust', '-U', 'test', '--no-sync')
    }
    const [user, ...rest] = asOther()
    const args = [
      '-D',
      join(this.#root, 'data'),
      '-p',
      String(this.#port),
      '-k',
      this.#root,
      '-h',
      '127.0.0.1',
    ]
    const command = [...rest, `${programs}/postgres`, ...args]
    this.#process = spawn(user ?? command[0] ?? '', user ? command : command.slice(1), { stdio: 'ignore' })
    await until(
      () =>
        this.query('SELECT 1').then(
          () => true,
          () => false,
        ),
      'PostgreSQL',
    )
    return this
  }

  /** A new and empty database; its address. */
  async database(): Promise<string> {
    const name = `fleet_${++this.#databases}`
    await this.query(`CREATE DATABASE ${name}`)
    return this.url(name)
  }

  url(name: string): string {
    return `postgres://test:secret@127.0.0.1:${this.#port}/${name}`
  }

  async query(text: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new Client({ connectionString: this.url(database) })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query(text)).rows
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Stops it at once; it can be started again. */
  async stop(): Promise<void> {
    this.#run('pg_ctl', 'stop', '-D', join(this.#root, 'data'), '-m', 'immediate', '-s')
    await until(() => this.#process?.exitCode !== null, 'its end')
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.#root, { recursive: true, force: true })
  }

  #run(program: string, ...args: string[]): void {
    const [first = '', ...rest] = [...asOther(), `${programs}/${program}`, ...args]
    execFileSync(first, rest, { stdio: 'ignore', cwd: '/' })
  }
}

/** PostgreSQL refuses to run as root. */
function asOther(): string[] {
  return process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
}

function findFreePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
