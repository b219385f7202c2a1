import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasEnvironment, listProcesses } from '../../ww/processes/list.ts'
import { builtTree, programWords } from './program.ts'
import { until } from './until.ts'

const opened: RealInstance[] = []

/** Where one instance lives; it can be booted there again and again. */
export type Place = {
  readonly root: string
  readonly home: string
  readonly data: string
  readonly run: string
  readonly backup: string
}

/** Makes a place under a temporary directory, with these hooks: sh unless they begin with a shebang of their own. */
export function makePlace(hooks: Record<string, string>, defaults: object = {}): Place {
  const root = mkdtempSync(join(tmpdir(), 'ww-test-'))
  const place = {
    root,
    home: join(root, 'ww'),
    data: join(root, 'data'),
    run: join(root, 'run'),
    backup: join(root, 'backup'),
  }
  for (const directory of [
    join(place.home, 'usr'),
    join(place.home, 'etc'),
    place.data,
    place.run,
    place.backup,
  ]) {
    mkdirSync(directory, { recursive: true })
  }
  for (const [name, script] of Object.entries(hooks)) writeHook(place, name, script)
  writeFileSync(join(place.home, 'etc/default_cfg.json'), JSON.stringify(defaults))
  return place
}

/** Writes a hook of a place. */
export function writeHook(place: Place, name: string, script: string): void {
  const path = join(place.home, 'usr', name)
  writeFileSync(path, script.startsWith('#!') ? script : `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}

/** A real `ww run`, its output kept. */
export class RealInstance {
  readonly place: Place
  readonly process: ChildProcess
  stdout = ''
  stderr = ''
  /** The exit code, or the signal's name. */
  readonly exited: Promise<number | string>
  readonly #earlierEvents: number

  constructor(place: Place, cfg: unknown, env: NodeJS.ProcessEnv = {}, cwd?: string) {
    this.place = place
    this.#earlierEvents = eventLines(place).length
    const [file, ...words] = programWords('run')
    this.process = spawn(file, words, {
      env: {
        PATH: process.env.PATH,
        WW_HOME: place.home,
        WW_DATA: place.data,
        WW_RUN: place.run,
        WW_BACKUP: place.backup,
        // as sh/start has it
        ...(builtTree ? { BUN_JSC_useJIT: '0' } : {}),
        ...(cfg === undefined ? {} : { CFG: typeof cfg === 'string' ? cfg : JSON.stringify(cfg) }),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd,
    })
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.exited = new Promise((done) =>
      this.process.once('exit', (code, signal) => done(code ?? signal ?? 'unknown')),
    )
    opened.push(this)
  }

  /** The announcements of this boot, oldest first. */
  events(): { state: string; reason: string; bootId: string; [more: string]: unknown }[] {
    return eventLines(this.place)
      .slice(this.#earlierEvents)
      .map((line) => JSON.parse(line))
  }

  states(): string[] {
    return this.events().map(({ state }) => state)
  }

  /** Waits until this boot has announced a state as its newest one. */
  async reaches(state: string): Promise<this> {
    await until(
      () => this.process.exitCode !== null || this.states().at(-1) === state,
      () => this.describe(`reach ${state}`),
    )
    if (this.states().at(-1) !== state) throw new Error(this.describe(`reach ${state}`))
    return this
  }

  /** Waits until the log, or the services' output, holds a text. */
  async says(text: string): Promise<this> {
    await until(
      () => `${this.stderr}${this.stdout}`.includes(text),
      () => this.describe(`say "${text}"`),
    )
    return this
  }

  signal(name: NodeJS.Signals): this {
    this.process.kill(name)
    return this
  }

  /** Stops it and resolves with the exit code. */
  stop(): Promise<number | string> {
    this.process.kill('SIGTERM')
    return this.exited
  }

  describe(what: string): string {
    return `it did not ${what}; states: ${this.states().join(' ')}; log:\n${this.stderr}${this.stdout}`
  }
}

function eventLines(place: Place): string[] {
  const path = join(place.run, 'events.ndjson')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : []
}

/** Boots an instance in a place. */
export function bootAt(place: Place, cfg?: unknown, env?: NodeJS.ProcessEnv, cwd?: string): RealInstance {
  return new RealInstance(place, cfg, env, cwd)
}

/** Boots an instance with these hooks, in a place of its own. */
export function bootWith(
  hooks: Record<string, string>,
  cfg?: unknown,
  env?: NodeJS.ProcessEnv,
): RealInstance {
  return bootAt(makePlace(hooks), cfg, env)
}

/** Ends every instance that a test has left, with all it started, and removes its files. */
export async function endInstances(): Promise<void> {
  for (const instance of opened.splice(0)) {
    if (instance.process.exitCode === null && instance.process.signalCode === null) {
      instance.process.kill('SIGTERM')
      instance.process.kill('SIGTERM')
      const kill = setTimeout(() => instance.process.kill('SIGKILL'), 3000)
      await instance.exited
      clearTimeout(kill)
    }
    // what a killed instance has left may hold its output open
    instance.process.stdout?.destroy()
    instance.process.stderr?.destroy()
    for (const { pid } of listProcesses())
      if (hasEnvironment(pid, `WW_HOME=${instance.place.home}`)) process.kill(pid, 'SIGKILL')
    rmSync(instance.place.root, { recursive: true, force: true })
  }
}
