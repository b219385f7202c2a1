import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Directories } from './directories.ts'
import type { Configuration } from './load.ts'
import { renderLookup } from './render-lookup.ts'

/** Saves the configuration as JSON for people and programs, and as the lookup of `ww cfg`; both for this user's eyes only. */
export function saveConfiguration({ config }: Configuration, { home, run }: Directories): void {
  saveLookup(config, run)
  const json = `${JSON.stringify(config, null, 2)}\n`
  try {
    replace(`${home}/etc/cfg.json`, json)
  } catch {
    // a read-only root
    replace(`${run}/cfg.json`, json)
  }
}

/** The buckets get a new directory, so that a query meanwhile finds the old answers or the new ones, never a mixture. */
function saveLookup(config: Configuration['config'], run: string): void {
  const name = `cfg-lookup.${process.pid}.${Date.now()}`
  const { main, buckets } = renderLookup(config, `${run}/${name}`)
  if (buckets.size > 0) mkdirSync(`${run}/${name}`, { mode: 0o700 })
  for (const [bucket, content] of buckets) writeFileSync(`${run}/${name}/${bucket}`, content, { mode: 0o600 })
  replace(`${run}/cfg-lookup`, main)
  for (const old of readdirSync(run)) {
    if (old.startsWith('cfg-lookup.') && old !== name)
      rmSync(`${run}/${old}`, { recursive: true, force: true })
  }
}

function replace(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, content, { mode: 0o600 })
  renameSync(temporary, path)
}
