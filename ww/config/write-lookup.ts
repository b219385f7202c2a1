import { chmodSync, chownSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createFile, temporaryName } from '../base/files.ts'
import type { JsonObject } from './json.ts'
import { renderLookup } from './render-lookup.ts'

/** Whose a lookup is: that of this user, or of another one, in a directory that only this user can change. */
export type LookupOwner = { readonly uid: number } | null

/**
 * Writes the lookup of `ww cfg` into a directory, for one user alone. It is replaced in one step, and a query that has
 * begun still finds the parts of the lookup before. Returns its path.
 */
export function writeLookup(config: JsonObject, directory: string, owner: LookupOwner = null): string {
  const path = `${directory}/cfg-lookup`
  const microseconds = Math.round((performance.timeOrigin + performance.now()) * 1000)
  const name = `cfg-lookup.${microseconds}.${process.pid}`
  const { main, parts } = renderLookup(config, `${directory}/${name}`)
  if (parts.size > 0) makePrivate(`${directory}/${name}`, owner)
  for (const [part, content] of parts) write(`${directory}/${name}/${part}`, content, owner)
  const temporary = temporaryName(path)
  write(temporary, main, owner)
  try {
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  const olderParts = readdirSync(directory).filter(
    (entry) => /^cfg-lookup\.\d+\.\d+$/.test(entry) && entry !== name,
  )
  for (const old of olderParts.sort().slice(0, -1))
    rmSync(`${directory}/${old}`, { recursive: true, force: true })
  return path
}

/** Makes a directory that only this user changes; where another one reads in it, that one may pass through. */
export function makePrivate(path: string, owner: LookupOwner): void {
  mkdirSync(path, { mode: 0o700 })
  // whatever the umask
  if (owner !== null) chmodSync(path, 0o711)
}

function write(path: string, content: string, owner: LookupOwner): void {
  createFile(path, content, owner === null ? 0o600 : 0o400)
  if (owner === null) return
  try {
    chownSync(path, owner.uid, -1)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  }
}
