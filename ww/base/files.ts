import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file in one step: a reader sees the old content or the new one, also after a kill -9. */
export function replaceFile(path: string, content: string, mode = 0o644): void {
  writeBeside(path, content, mode, false)
}

/** Replaces a file in one step that survives a power cut once this returns. */
export function replaceFileDurably(path: string, content: string, mode = 0o644): void {
  writeBeside(path, content, mode, true)
  const directory = openSync(dirname(path), 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}

/** Writes all of a text to an open file; a disk that takes only a part of it is full, and that is thrown. */
export function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
}

/** The most that is read of a small text, in bytes. */
const longestText = 1024 * 1024

/** Reads a small text that others may have planted: it never waits for a FIFO, and what has no end is cut. */
export function readText(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const chunks: Buffer[] = []
    for (let size = 0; size < longestText; ) {
      const chunk = Buffer.alloc(64 * 1024)
      const length = readSync(file, chunk)
      if (length === 0) break
      chunks.push(chunk.subarray(0, length))
      size += length
    }
    return Buffer.concat(chunks).toString('utf8')
  } finally {
    closeSync(file)
  }
}

/** Creates a file that must not exist yet, not even as a link; the mode is the given one or narrower, by the umask. */
export function createFile(path: string, content: string, mode: number): void {
  writeNew(path, content, mode, false)
}

/** Creates a directory and those above it; unlike Node.js's own recursion, it ends where a file system refuses. */
export function makeDirectory(path: string, mode = 0o755): void {
  if (existsSync(path)) return
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return
    if (code !== 'ENOENT' || dirname(path) === path || exists(dirname(path))) throw error
    makeDirectory(dirname(path))
    makeDirectory(path, mode)
  }
}

/** A name that nobody can guess, for a temporary file beside `path`. */
export function temporaryName(path: string): string {
  count += 1
  secret ??= readRandom()
  return `${path}.${secret}-${count}.tmp`
}

/** The code of a system error, such as `ENOSPC`; undefined for any other error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

let secret: string | undefined
let count = 0

/** The kernel's own, since node:crypto takes 4 ms to load, which every boot would pay. */
function readRandom(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim()
  } catch {
    // no /proc: loading the library is the price
    return globalThis.crypto.randomUUID()
  }
}

function writeBeside(path: string, content: string, mode: number, durable: boolean): void {
  const temporary = temporaryName(path)
  writeNew(temporary, content, mode, durable)
  try {
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function writeNew(path: string, content: string, mode: number, durable: boolean): void {
  // exclusive creation follows no link, so a file that was planted here is never written
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants
  const file = openSync(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, mode)
  try {
    writeAll(file, content)
    if (durable) fsyncSync(file)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

function exists(directory: string): boolean {
  try {
    return statSync(directory) !== undefined
  } catch (error) {
    return codeOf(error) !== 'ENOENT'
  }
}
