import { readFileSync } from 'node:fs'

/** Which whaleware this is; the commit is known only to what was built from a checkout. */
export type WhalewareVersion = { readonly version: string; readonly commit: string | null }

/** Beside the program in an installed tree, package.json in a checkout. */
const files = ['../version.json', '../../package.json']

/** Reads the version that the build wrote down. */
export function readVersion(): WhalewareVersion {
  for (const file of files) {
    try {
      const value: unknown = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'))
      if (typeof value !== 'object' || value === null) continue
      if (!('version' in value) || typeof value.version !== 'string') continue
      return {
        version: value.version,
        commit: 'commit' in value && typeof value.commit === 'string' ? value.commit : null,
      }
    } catch {
      // the other one is there
    }
  }
  return { version: 'unknown', commit: null }
}
