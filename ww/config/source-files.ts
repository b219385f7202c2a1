import { statSync } from 'node:fs'
import { sleep } from '../base/sleep.ts'
import type { Directories } from './directories.ts'
import { isObject, type JsonValue, secretFile } from './json.ts'
import { listDefaults, pathInCfg } from './layers.ts'

/** How often files are examined, in milliseconds: a mounted file, such as a ConfigMap's, sends no other notice everywhere. */
const pollInterval = 1000

/** The files that a configuration is read from, those of its secrets and its schema included; not all need exist. */
export function listSourceFiles(
  env: NodeJS.ProcessEnv,
  { home }: Pick<Directories, 'home'>,
  written: JsonValue,
): string[] {
  const named = [env.CFG_FILE || null, env.CFG === undefined ? null : pathInCfg(env.CFG)]
  const paths = named.filter((path) => path !== null)
  return [
    ...listDefaults(home),
    `${home}/etc/cfg.schema.json`,
    ...paths,
    ...new Set(listSecretFiles(written)),
  ]
}

/**
 * Calls `onChange` each time that one of the files is another one, or has another content, until aborted. A change counts
 * once nothing has changed for one more interval, since files are written in pieces, and several of them one by one.
 */
export async function watchSourceFiles(
  list: () => readonly string[],
  signal: AbortSignal,
  onChange: () => Promise<void> | void,
  interval = pollInterval,
): Promise<void> {
  let known = signFiles(list(), new Map())
  for (let seen = known; ; ) {
    await sleep(interval, signal)
    if (signal.aborted) return
    const now = signFiles(list(), new Map())
    if (areSame(now, known) || !areSame(now, seen)) {
      seen = now
      continue
    }
    await onChange()
    // the new configuration may name other files; what has changed meanwhile was perhaps not read
    known = signFiles(list(), now)
    seen = known
  }
}

/** What stat says of each file, that which a link leads to, since a mount replaces links; as it was known, if it was. */
function signFiles(
  paths: readonly string[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(paths.map((path) => [path, known.get(path) ?? signFile(path)]))
}

function areSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([path, sign]) => b.get(path) === sign)
}

function signFile(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path)
    return [dev, ino, size, mtimeMs, ctimeMs].join(' ')
  } catch {
    return 'absent'
  }
}

function listSecretFiles(value: JsonValue): string[] {
  const file = secretFile(value)
  if (file !== null) return [file]
  if (Array.isArray(value)) return value.flatMap(listSecretFiles)
  return isObject(value) ? Object.values(value).flatMap(listSecretFiles) : []
}
