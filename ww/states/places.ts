import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { exitCode, UserError } from '../base/errors.ts'
import { type Lock, tryLock } from '../data/lock.ts'
import type { MachineFile } from './machine-file.ts'
import { isMachineName } from './name.ts'

/** Takes a directory of machines for this process alone, and makes it when it isn't there. */
export async function lockDirectory(directory: string): Promise<Lock> {
  try {
    await mkdir(directory, { recursive: true })
    const lock = tryLock(join(directory, '.lock'))
    if (lock) return lock
  } catch (error) {
    throw cannotKeep(directory, error)
  }
  throw new UserError(`another ww states has ${directory}: stop it first, or give --data another directory`)
}

/** The machines' files by name, without what a kill -9 left in the middle of a write. */
export async function listFiles(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(directory)) {
    const path = join(directory, entry)
    if (/^\..*\.yaml\.tmp$/.test(entry)) await rm(path, { force: true })
    const name = basename(entry, '.yaml')
    if (entry.endsWith('.yaml') && isMachineName(name)) files.set(name, path)
  }
  return files
}

/** Finds out at the start, and not at the first update, that a chart can't be replaced, such as a bind-mounted one. */
export async function provePlace(file: MachineFile): Promise<void> {
  try {
    await file.rewrite()
  } catch (error) {
    throw cannotKeep(dirname(file.path), error)
  }
}

function cannotKeep(directory: string, error: unknown): UserError {
  const why = error instanceof Error ? error.message : String(error)
  return new UserError(
    `cannot keep the state in ${directory}: ${why}; give --data a directory that can be written`,
    exitCode.configuration,
  )
}
