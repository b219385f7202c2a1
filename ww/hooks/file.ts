import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs'

/** Whether a hook is there to be run, is blank (nothing to do), or cannot be run, with the reason. */
export type HookFile = { kind: 'blank' } | { kind: 'runnable' } | { kind: 'broken'; reason: string }

/** Blank scripts are short; a longer file is never read whole. */
const largestBlank = 64 * 1024

/** Looks at a hook without running it: absent, empty, or only a shebang, comments and white space is blank. */
export function inspectHook(path: string): HookFile {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats || (stats.isFile() && stats.size <= largestBlank && isBlank(path))) return { kind: 'blank' }
  if (!stats.isFile()) return { kind: 'broken', reason: `${path} is not a file` }
  try {
    accessSync(path, constants.X_OK)
    return { kind: 'runnable' }
  } catch {
    return { kind: 'broken', reason: `${path} is not executable: chmod +x it` }
  }
}

/** The names of the `serve` and `serve-NAME` hooks that are not blank, in order. */
export function findServices(directory: string): string[] {
  return listHooks(directory)
    .filter((name) => /^serve(-.+)?$/.test(name))
    .filter((name) => inspectHook(`${directory}/${name}`).kind !== 'blank')
}

/** The names of all files in the hook directory, in order; none when there is no such directory. */
export function listHooks(directory: string): string[] {
  try {
    return readdirSync(directory).sort()
  } catch {
    return []
  }
}

function isBlank(path: string): boolean {
  try {
    return readFileSync(path, 'latin1')
      .split('\n')
      .every((line) => /^\s*(#.*)?$/.test(line))
  } catch {
    return false
  }
}
