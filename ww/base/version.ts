import { readFileSync } from 'node:fs'
import { findHome } from './home.ts'

/** Which whaleware this is; the commit is known only to what was built from a checkout. */
export type WhalewareVersion = {
  readonly version: string
  readonly commit: string | null
  /** Which libc it was built for; the glibc tree has its own, also where the image has another one. */
  readonly libc: string
}

/** In an installed tree, and in a checkout. */
const files = ['version.json', 'package.json']

/** Reads the version that the build wrote down. */
export function readVersion(): WhalewareVersion {
  const home = findHome()
  for (const file of files) {
    if (home === null) break
    try {
      const value: unknown = JSON.parse(readFileSync(`${home}/${file}`, 'utf8'))
      const version = textOf(value, 'version')
      if (version === null) continue
      return { version, commit: textOf(value, 'commit'), libc: textOf(value, 'libc') ?? 'glibc' }
    } catch {
      // the other one is there
    }
  }
  return { version: 'unknown', commit: null, libc: 'glibc' }
}

function textOf(value: unknown, name: string): string | null {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null
  return typeof text === 'string' ? text : null
}
