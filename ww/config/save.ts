import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { exitCode, UserError } from '../base/errors.ts'
import { replaceFile } from '../base/files.ts'
import type { Directories } from './directories.ts'
import type { Configuration } from './load.ts'
import { renderLookup } from './render-lookup.ts'

/** The configuration holds secrets: only its owner reads it. */
const secret = 0o600

/**
 * Saves the configuration as JSON for people and programs, and as the lookup of `ww cfg`; both for this user's eyes
 * only. A UserError (exit 78) says what cannot be written.
 */
export function saveConfiguration({ config }: Configuration, { home, run }: Directories): void {
  try {
    saveLookup(config, run)
    saveJson(`${JSON.stringify(config, null, 2)}\n`, `${home}/etc/cfg.json`, `${run}/cfg.json`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    throw new UserError(`cannot save the configuration: ${reason}`, exitCode.configuration, { cause: error })
  }
}

/** At the usual place, or, where that is read-only, beside the volatile state; never at both, since one would be old. */
function saveJson(json: string, usual: string, volatile: string): void {
  try {
    replaceFile(usual, json, secret)
  } catch {
    replaceFile(volatile, json, secret)
    return
  }
  rmSync(volatile, { force: true })
}

/** A query that has begun still finds the parts of the lookup before. */
function saveLookup(config: Configuration['config'], run: string): void {
  const microseconds = Math.round((performance.timeOrigin + performance.now()) * 1000)
  const name = `cfg-lookup.${microseconds}.${process.pid}`
  const { main, parts } = renderLookup(config, `${run}/${name}`)
  if (parts.size > 0) mkdirSync(`${run}/${name}`, { mode: 0o700 })
  for (const [part, content] of parts) writeFileSync(`${run}/${name}/${part}`, content, { mode: secret })
  replaceFile(`${run}/cfg-lookup`, main, secret)
  const olderParts = readdirSync(run).filter(
    (entry) => /^cfg-lookup\.\d+\.\d+$/.test(entry) && entry !== name,
  )
  for (const old of olderParts.sort().slice(0, -1)) rmSync(`${run}/${old}`, { recursive: true, force: true })
}
