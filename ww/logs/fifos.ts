import { closeSync, constants, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { spawn } from '../processes/spawn.ts'
import type { Outputs } from './logs.ts'

/** How many FIFOs are free at least, for hooks that were not there at boot, and how many are made at once. */
const [fewest, batch] = [4, 16]

type Ends = { readonly reader: number; readonly writer: number }

/**
 * The FIFOs between the sources of output and the log process. Both ends of each are open here as well: a service that
 * prints while there is no log process waits, and is not ended by SIGPIPE, and the log process sees no end of it.
 */
export class Fifos {
  readonly directory: string
  readonly #free: string[]
  readonly #sources = new Map<string, { readonly out: Ends; readonly err: Ends }>()
  readonly #control: Ends
  #made: number
  #isMaking = false

  /** Makes the directory, and FIFOs for `sources` sources in it; null where that is impossible. */
  static async open(directory: string, sources: number): Promise<Fifos | null> {
    try {
      // what an earlier boot has left
      rmSync(directory, { recursive: true, force: true })
      mkdirSync(directory, { mode: 0o700 })
      const names = listFree(0, 2 * sources + batch)
      if (!(await makeFifos(directory, ['control', ...names]))) return null
      return new Fifos(directory, names)
    } catch {
      return null
    }
  }

  private constructor(directory: string, free: string[]) {
    this.directory = directory
    this.#free = free
    this.#made = free.length
    this.#control = openEnds(`${directory}/control`, constants.O_NONBLOCK)
  }

  /** The writing ends for a source, made when there are none; null where there are none to be had. */
  outputsOf(source: string): Outputs | null {
    const ends = this.#sources.get(source) ?? this.#open(source)
    return ends && { stdout: ends.out.writer, stderr: ends.err.writer }
  }

  /** Sends a message to the log process; it never waits for it. */
  send(message: string): void {
    try {
      writeSync(this.#control.writer, `${message}\n`)
    } catch {
      // it has been stopped for long: what is lost is where a line without an end ends
    }
  }

  /** From now on the log process sees the end of what nobody else holds open. */
  closeWriters(): void {
    for (const { out, err } of this.#sources.values()) for (const { writer } of [out, err]) closeSync(writer)
    closeSync(this.#control.writer)
  }

  #open(source: string): { out: Ends; err: Ends } | null {
    if (source.includes('\n')) return null
    const [out, err] = this.#free.splice(0, 2)
    if (this.#free.length < fewest) void this.#makeMore()
    if (out === undefined || err === undefined) return null
    try {
      const ends = { out: this.#assign(out, source, 'out'), err: this.#assign(err, source, 'err') }
      this.#sources.set(source, ends)
      this.send(`open ${source}`)
      return ends
    } catch {
      // no descriptor left, or the directory was removed
      return null
    }
  }

  /** The name tells the log process, also a later one, whose output it is. */
  #assign(free: string, source: string, stream: string): Ends {
    const path = `${this.directory}/source-${source}.${stream}`
    renameSync(`${this.directory}/${free}`, path)
    return openEnds(path, 0)
  }

  async #makeMore(): Promise<void> {
    if (this.#isMaking) return
    this.#isMaking = true
    const names = listFree(this.#made, batch)
    this.#made += batch
    if (await makeFifos(this.directory, names)) this.#free.push(...names)
    this.#isMaking = false
  }
}

function listFree(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `free-${from + index}`)
}

/** Others may write: a service that has switched to another user opens /dev/stdout, too. */
async function makeFifos(directory: string, names: readonly string[]): Promise<boolean> {
  const paths = names.map((name) => `${directory}/${name}`)
  const options = { stdout: 'ignore', stderr: 'ignore', env: process.env } as const
  const end = await spawn('mkfifo', ['-m', '622', ...paths], options).ended
  return end.kind === 'exited' && end.code === 0
}

/** The reader first, so that to open the writer does not wait for one. */
function openEnds(path: string, flags: number): Ends {
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return { reader, writer: openSync(path, constants.O_WRONLY | flags) }
  } catch (error) {
    closeSync(reader)
    throw error
  }
}
