import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** How often the log is looked at, in milliseconds. */
const lookEvery = 100

/** The whole lines of the event log of an instance, the oldest first. */
export function readEventLines(run: string): string[] {
  return [`${run}/events.1.ndjson`, `${run}/events.ndjson`].flatMap((path) => {
    const tail = Tail.open(path)
    const lines = tail?.read() ?? []
    tail?.close()
    return lines
  })
}

/** The same, then each further line as it is written, until aborted; the log may come later and may be set aside. */
export async function* followEventLines(run: string, signal: AbortSignal): AsyncGenerator<string> {
  const path = `${run}/events.ndjson`
  const older = Tail.open(`${run}/events.1.ndjson`)
  yield* older?.read() ?? []
  older?.close()
  let tail = Tail.open(path)
  while (!signal.aborted) {
    yield* tail?.read() ?? []
    if (!tail?.isAt(path)) {
      // what was written between the last look and the setting aside
      yield* tail?.read() ?? []
      tail?.close()
      tail = Tail.open(path)
      if (tail) continue
    }
    await delay(lookEvery, undefined, { signal }).catch(() => {})
  }
  tail?.close()
}

/** A file that grows; it stays the same file when it is renamed. */
class Tail {
  readonly #file: number
  readonly #buffer = Buffer.alloc(64 * 1024)
  #rest = Buffer.alloc(0)

  private constructor(file: number) {
    this.#file = file
  }

  /** Null when there is no such file. */
  static open(path: string): Tail | null {
    try {
      return new Tail(openSync(path, 'r'))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    }
  }

  /** The lines that have become whole since the last time. */
  read(): string[] {
    const chunks = [this.#rest]
    for (let length = this.#fill(); length > 0; length = this.#fill()) {
      chunks.push(Buffer.from(this.#buffer.subarray(0, length)))
    }
    const content = Buffer.concat(chunks)
    const end = content.lastIndexOf('\n') + 1
    this.#rest = content.subarray(end)
    return content
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
  }

  isAt(path: string): boolean {
    const stats = statSync(path, { throwIfNoEntry: false })
    const own = fstatSync(this.#file)
    return stats !== undefined && stats.ino === own.ino && stats.dev === own.dev
  }

  close(): void {
    closeSync(this.#file)
  }

  #fill(): number {
    return readSync(this.#file, this.#buffer, 0, this.#buffer.length, null)
  }
}
