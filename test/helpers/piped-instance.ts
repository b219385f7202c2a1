import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, existsSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { hasEnvironment, listProcesses } from '../../ww/processes/list.ts'
import { builtTree, programWords } from './program.ts'
import type { Place } from './real-instance.ts'
import { until } from './until.ts'

const opened: PipedInstance[] = []
const buffer = Buffer.alloc(1024 * 1024)

/** A real `ww run` whose output goes into two pipes, as an engine has them; nothing is read unless the test reads it. */
export class PipedInstance {
  readonly place: Place
  readonly process: ChildProcess
  readonly exited: Promise<number | string>
  stdout = ''
  stderr = ''
  readonly #readers: Readonly<Record<'stdout' | 'stderr', number>>

  constructor(place: Place, cfg: object) {
    this.place = place
    const paths = { stdout: `${place.root}/stdout`, stderr: `${place.root}/stderr` }
    execFileSync('mkfifo', Object.values(paths))
    const open = (path: string, flags: number): number => openSync(path, flags)
    const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants
    this.#readers = {
      stdout: open(paths.stdout, O_RDONLY | O_NONBLOCK),
      stderr: open(paths.stderr, O_RDONLY | O_NONBLOCK),
    }
    const writers = [open(paths.stdout, O_WRONLY), open(paths.stderr, O_WRONLY)] as const
    const [file, ...words] = programWords('run')
    this.process = spawn(file, words, {
      env: {
        PATH: process.env.PATH,
        TZ: 'UTC',
        WW_HOME: place.home,
        WW_DATA: place.data,
        WW_RUN: place.run,
        WW_BACKUP: place.backup,
        ...(builtTree ? { BUN_JSC_useJIT: '0' } : {}),
        CFG: JSON.stringify(cfg),
      },
      stdio: ['ignore', ...writers],
    })
    for (const writer of writers) closeSync(writer)
    this.exited = new Promise((done) =>
      this.process.once('exit', (code, signal) => done(code ?? signal ?? 'unknown')),
    )
    opened.push(this)
  }

  /** Reads what there is now, `size` bytes of each stream at most. */
  read(size = buffer.length): this {
    for (const stream of ['stdout', 'stderr'] as const) {
      try {
        this[stream] += buffer.toString('latin1', 0, readSync(this.#readers[stream], buffer, 0, size, null))
      } catch {
        // nothing there now
      }
    }
    return this
  }

  /** Reads until both streams hold what a test waits for. */
  async readUntil(condition: () => boolean): Promise<void> {
    await until(
      () => this.read() && condition(),
      () => `stdout:\n${this.stdout.slice(-3000)}\nstderr:\n${this.stderr.slice(-3000)}`,
    )
  }

  /** Reads all until it has ended; returns its exit code. */
  async readToEnd(): Promise<number | string> {
    let code: number | string | null = null
    void this.exited.then((exit) => {
      code = exit
    })
    await this.readUntil(() => code !== null)
    this.read().read()
    return this.exited
  }

  /** The state, as the instance reports it in a file. */
  get state(): string {
    const path = `${this.place.run}/status`
    const [, state = ''] = existsSync(path) ? (/^state (\w+) /m.exec(readFileSync(path, 'utf8')) ?? []) : []
    return state
  }

  async reaches(state: string): Promise<this> {
    await until(
      () => this.state === state,
      () => `it is ${this.state}, not ${state}; ${this.read().stderr}`,
    )
    return this
  }

  /** The pid of the process that prints the output; null when there is none. */
  get logProcess(): number | null {
    return logProcessOf(this.place)
  }

  close(): void {
    for (const reader of Object.values(this.#readers)) closeSync(reader)
  }
}

/** The pid of the process that prints the output of an instance in a place; null when there is none. */
export function logProcessOf({ run }: Place): number | null {
  const found = listProcesses().find(({ pid }) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return words.includes('log') && words.some((word) => word.startsWith(`${run}/logs`))
    } catch {
      return false
    }
  })
  return found?.pid ?? null
}

/** Ends every instance that a test has left, with all it started, and removes its files. */
export async function endPipedInstances(): Promise<void> {
  for (const instance of opened.splice(0)) {
    if (instance.process.exitCode === null && instance.process.signalCode === null)
      instance.process.kill('SIGKILL')
    await instance.exited
    for (const { pid } of listProcesses())
      if (hasEnvironment(pid, `WW_HOME=${instance.place.home}`)) process.kill(pid, 'SIGKILL')
    instance.close()
    rmSync(instance.place.root, { recursive: true, force: true })
  }
}
