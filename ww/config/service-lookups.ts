import { existsSync, readFileSync, rmSync, type Stats } from 'node:fs'
import { replaceFile } from '../base/files.ts'
import { statLink } from '../base/private-directory.ts'
import { describeWriteError, effectiveUser } from '../base/write-error.ts'
import type { JsonObject } from './json.ts'
import { makePrivate, writeLookup } from './write-lookup.ts'

/** Where there may be files that other users read; the first is in memory. */
const places = ['/dev/shm', '/run', '/tmp']

/** The directory's name: nobody can guess it, and so nobody can prepare anything there. */
const pattern = /\/ww-services-[0-9a-f-]{36}$/

/** What a service that runs as another user gets, or why it does not. */
export type Admission = { readonly variables: Record<string, string> } | { readonly problem: string }

/**
 * The lookups of `ww cfg` for services that run as other users, who cannot enter the run directory: one file for each
 * user, which that user alone can read. The directories around them are this user's, so that nobody can put anything
 * in the place of them, and no work on them can be led elsewhere.
 */
export class ServiceLookups {
  #config: JsonObject
  readonly #note: string
  readonly #places: readonly string[]
  #root: string | null = null
  readonly #users = new Set<number>()

  constructor(config: JsonObject, { run }: { readonly run: string }, candidates = places) {
    this.#config = config
    this.#note = `${run}/service-lookups`
    this.#places = candidates
    // what a boot that was killed has left behind
    if (existsSync(this.#note)) this.remove()
  }

  /** Makes what a user needs, and names it in variables; it never throws. */
  admit(uid: number): Admission {
    const own = this.directoryOf(uid)
    if ('problem' in own) return own
    const path = `${own.path}/cfg-lookup`
    try {
      if (!existsSync(path)) writeLookup(this.#config, own.path, { uid })
      return { variables: { WW_LOOKUP: path } }
    } catch (error) {
      return { problem: describeWriteError(path, error) }
    }
  }

  /** The directory of what one user reads: it may enter it, and not change it. */
  directoryOf(uid: number): { readonly path: string } | { readonly problem: string } {
    try {
      this.#root = this.#root !== null && existsSync(this.#root) ? this.#root : this.#makeRoot()
      const path = `${this.#root}/${uid}`
      if (!existsSync(path)) makePrivate(path, { uid })
      this.#users.add(uid)
      return { path }
    } catch (error) {
      return { problem: describeWriteError(this.#root ?? this.#places.join(', '), error) }
    }
  }

  /** Renews all of them when the configuration has changed; returns what went wrong, one sentence each. */
  renew(config: JsonObject): string[] {
    this.#config = config
    const problems: string[] = []
    for (const uid of this.#users) {
      const own = this.directoryOf(uid)
      if ('problem' in own) {
        problems.push(own.problem)
        continue
      }
      try {
        writeLookup(config, own.path, { uid })
      } catch (error) {
        problems.push(describeWriteError(`${own.path}/cfg-lookup`, error))
      }
    }
    return problems
  }

  /** Removes all of them, also those that an earlier boot noted here. */
  remove(): void {
    try {
      const noted = readFileSync(this.#note, 'utf8')
      if (pattern.test(noted) && isOurs(statLink(noted))) rmSync(noted, { recursive: true, force: true })
      rmSync(this.#note, { force: true })
    } catch {
      // there is none, or the file system has become read-only
    }
    this.#root = null
    this.#users.clear()
  }

  #makeRoot(): string {
    const place = this.#places.find((path) => isSafe(statLink(path)))
    if (place === undefined) throw Object.assign(new Error('no directory'), { code: 'ENOENT' })
    const root = `${place}/ww-services-${readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim()}`
    // first: what is not noted is never removed
    replaceFile(this.#note, root, 0o600)
    makePrivate(root, { uid: effectiveUser() })
    return root
  }
}

/** A directory where nobody else can remove or rename what is ours. */
function isSafe(stats: Stats | null): boolean {
  if (stats?.isDirectory() !== true || ![0, effectiveUser()].includes(stats.uid)) return false
  return (stats.mode & 0o022) === 0 || (stats.mode & 0o1000) !== 0
}

function isOurs(stats: Stats | null): boolean {
  return stats?.isDirectory() === true && stats.uid === effectiveUser()
}
