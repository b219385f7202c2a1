import { existsSync, rmSync } from 'node:fs'
import { UserError } from '../base/errors.ts'
import { makeDirectory, replaceFile } from '../base/files.ts'
import { describeWriteError } from '../base/write-error.ts'
import type { Directories } from './directories.ts'
import type { Configuration } from './load.ts'
import { writeLookup } from './write-lookup.ts'

/** The configuration contains secrets: only its owner reads it. */
const secret = 0o600

/**
 * Saves the configuration as JSON for people and programs, and as the lookup of `ww cfg`; both for this user alone.
 * A UserError says what cannot be written, why, and what to do.
 */
export function saveConfiguration(
  { config }: Pick<Configuration, 'config'> & Partial<Configuration>,
  { home, run }: Pick<Directories, 'home' | 'run'> & Partial<Directories>,
): void {
  // first of all: from the lookup a reader sees that there has been a boot
  write(`${run}/cfg-lookup`, () => writeLookup(config, run))
  saveJson(`${JSON.stringify(config, null, 2)}\n`, `${home}/etc/cfg.json`, `${run}/cfg.json`)
}

/** Saves it again when a cleaner has removed it from the run directory: the hooks of a restart ask for it. */
export function keepConfiguration(
  configuration: Pick<Configuration, 'config'>,
  directories: Pick<Directories, 'home' | 'run'>,
  warn: (line: string) => void,
): void {
  if (existsSync(`${directories.run}/cfg-lookup`)) return
  try {
    makeDirectory(directories.run, 0o700)
    saveConfiguration(configuration, directories)
  } catch (error) {
    warn(error instanceof Error ? error.message : String(error))
  }
}

function write(path: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw new UserError(describeWriteError(path, error), undefined, { cause: error })
  }
}

/** At the usual place, or, where that is read-only, beside the volatile state; never at both: one would be outdated. */
function saveJson(json: string, usual: string, volatile: string): void {
  try {
    replaceFile(usual, json, secret)
  } catch {
    write(volatile, () => replaceFile(volatile, json, secret))
    return
  }
  write(volatile, () => rmSync(volatile, { force: true }))
}
