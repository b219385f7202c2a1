import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
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

function writeBeside(path: string, content: string, mode: number, durable: boolean): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = openSync(temporary, 'w', mode)
    try {
      // unlike writeSync, it notices a disk that takes only a part
      writeFileSync(file, content)
      if (durable) fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
