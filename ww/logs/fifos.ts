import { closeSync, constants, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { spawn } from '../processes/spawn.ts'
import { forgetLastLines } from './last-line.ts'
import type { Outputs } from './logs.ts'
import { endMark } from './stream-lines.ts'

/** How many FIFOs there are for hooks that were not there at boot; as many are made when these are used up. */
const batch = 16

/** The ends of a FIFO: the one that processes get as their output, and one of our own that never waits. */
type Ends = { readonly reader: number; readonly writer: number; readonly marker: number }

/**
 * The FIFOs between the sources of output and the log process. Both ends of each are open here as well: a service that
 * prints while there is no log process waits, and is not ended by SIGPIPE, and the log process sees no end of it.
 */
export class Fifos {
  readonly directory: string
  readonly #free: string[]
  readonly #sources = new Map<string, { readonly out: Ends; readonly err: Ends }>()
  /** Those with a process whose end is not marked. */
  readonly #running = new Set<string>()
  readonly #control: Ends
  #made: number

  /** Makes the directory, and FIFOs for `sources` sources in it; null where that is impossible. */
  static async open(directory: string, sources: number): Promise<Fifos | null> {
    try {
      // what an earlier boot has left
      rmSync(directory, { recursive: true, force: true })
      mkdirSync(directory, { mode: 0o700 })
      const names = listFree(0, 2 * sources + batch)
      const words = mkfifo(directory, ['control', ...names])
      const options = { stdout: 'ignore', stderr: 'ignore', env: process.env } as const
      const end = await spawn('mkfifo', words, options).ended
      return end.kind === 'exited' && end.code === 0 ? new Fifos(directory, names) : null
    } catch {
      return null
    }
  }

  private constructor(directory: string, free: string[]) {
    this.directory = directory
    this.#free = free
    this.#made = free.length
    this.#control = openEnds(`${directory}/control`)
  }

  /** The writing ends for a source, made when there are none; null where there are none to be had. */
  outputsOf(source: string): Outputs | null {
    this.markEnd(source)
    const ends = this.#sources.get(source) ?? this.#open(source)
    if (ends) this.#running.add(source)
    return ends && { stdout: ends.out.writer, stderr: ends.err.writer }
  }

  /** Writes behind what a process has printed that it has ended, once; it never waits. */
  markEnd(source: string): void {
    const ends = this.#running.delete(source) ? this.#sources.get(source) : null
    if (ends) forgetLastLines(this.directory, source)
    if (ends) for (const { marker } of [ends.out, ends.err]) writeNow(marker, endMark)
  }

  /** From now on the log process sees the end of what nobody else holds open. */
  closeWriters(): void {
    for (const { out, err } of this.#sources.values())
      for (const file of [out.writer, out.marker, err.writer, err.marker]) closeSync(file)
    closeSync(this.#control.marker)
    closeSync(this.#control.writer)
  }

  #open(source: string): { out: Ends; err: Ends } | null {
    if (source.includes('\n')) return null
    if (this.#free.length < 2) this.#makeMore()
    const [out, err] = this.#free.splice(0, 2)
    if (out === undefined || err === undefined) return null
    try {
      const ends = { out: this.#assign(out, source, 'out'), err: this.#assign(err, source, 'err') }
      this.#sources.set(source, ends)
      return ends
    } catch {
      // no descriptor left, or the directory was removed
      return null
    }
  }

  /** The name tells the log process, also a later one, whose output it is. */
  #assign(free: string, source: string, stream: string): Ends {
    const name = `source-${source}.${stream}`
    renameSync(`${this.directory}/${free}`, `${this.directory}/${name}`)
    const ends = openEnds(`${this.directory}/${name}`)
    writeNow(this.#control.marker, `${name}\n`)
    return ends
  }

  /** At once, since a service is started at once. */
  #makeMore(): void {
    const names = listFree(this.#made, batch)
    this.#made += batch
    const { spawnSync } = process.getBuiltinModule('node:child_process')
    const words = mkfifo(this.directory, names)
    if (spawnSync('mkfifo', words, { stdio: 'ignore', timeout: 1000 }).status === 0) this.#free.push(...names)
  }
}

function listFree(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `free-${from + index}`)
}

/** Others may write: a service that has switched to another user opens /dev/stdout, too. */
function mkfifo(directory: string, names: readonly string[]): string[] {
  return ['-m', '622', ...names.map((name) => `${directory}/${name}`)]
}

/** The reader first, so that to open the writers does not wait for one. */
function openEnds(path: string): Ends {
  const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants
  const opened: number[] = []
  const open = (flags: number): number => {
    const file = openSync(path, flags)
    opened.push(file)
    return file
  }
  try {
    return {
      reader: open(O_RDONLY | O_NONBLOCK),
      writer: open(O_WRONLY),
      marker: open(O_WRONLY | O_NONBLOCK),
    }
  } catch (error) {
    for (const file of opened) closeSync(file)
    throw error
  }
}

function writeNow(file: number, text: string): void {
  try {
    writeSync(file, text)
  } catch {
    // full, since the log process has been stopped for long: it finds the names again, and a mark is not essential
  }
}
