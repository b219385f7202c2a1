import { existsSync, rmSync } from 'node:fs'
import { readText, replaceFile } from '../base/files.ts'
import { sleep } from '../base/sleep.ts'
import type { StreamName } from './line-format.ts'

/** The longest last line that is stored, in bytes. */
const longest = 1000

/** Stores the last line that a process has printed, for whoever asks why it failed; `line` is UTF-8. */
export function storeLastLine(directory: string, source: string, stream: StreamName, line: Buffer): void {
  try {
    replaceFile(pathOf(directory, source, stream), line.subarray(0, longest).toString(), 0o600)
  } catch {
    // a full disk, or the directory is gone: it is not essential
  }
}

/** Removes the last lines of a source, before those of its newest process are stored. */
export function forgetLastLines(directory: string, source: string): void {
  for (const stream of ['err', 'out'] as const) rmSync(pathOf(directory, source, stream), { force: true })
}

/** The last line of the newest process of a source: of its errors, if it printed any. Null when it is not stored soon. */
export async function readLastLine(directory: string, source: string): Promise<string | null> {
  const paths = [pathOf(directory, source, 'err'), pathOf(directory, source, 'out')]
  for (let waits = 0; !paths.every((path) => existsSync(path)) && waits < 20; waits++)
    await sleep(10, new AbortController().signal)
  try {
    return paths.map(readText).find((line) => line !== '') ?? null
  } catch {
    return null
  }
}

function pathOf(directory: string, source: string, stream: StreamName): string {
  return `${directory}/last-${source}.${stream}`
}
