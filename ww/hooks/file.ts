import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { findInterpreters, hasCrlfShebang, isBlankScript } from './script.ts'

/** Whether a hook is to be run, is absent or blank (nothing to do), or cannot be run, with a reason that says what to do. */
export type HookFile = { kind: 'blank' } | { kind: 'runnable' } | { kind: 'broken'; reason: string }

/** Blank scripts are short; a longer file is never read whole. */
const largestBlank = 64 * 1024

/** The longest #! line that the kernel reads. */
const longestShebang = 256

/** Examines a hook without running it; an interpreter that `env` names is searched in `searchPath`. */
export function inspectHook(
  path: string,
  searchPath: () => string | undefined = () => process.env.PATH,
): HookFile {
  let stats: Stats
  try {
    stats = statSync(path)
  } catch (error) {
    return examineMissing(path, error)
  }
  if (stats.isDirectory()) return broken(`${path} is a directory; a hook is an executable file`)
  if (!stats.isFile()) return broken(`${path} is not a regular file; a hook is an executable file`)
  const content = readStart(path, stats.size <= largestBlank ? stats.size : longestShebang)
  if (stats.size <= largestBlank && content !== null && isBlankScript(content)) return { kind: 'blank' }
  if (!isExecutable(path)) return broken(describeMode(path, stats))
  return content === null ? { kind: 'runnable' } : examineInterpreter(path, content, searchPath)
}

/** The names of the `serve` and `serve-NAME` hooks that are not blank, in order. */
export function findServices(directory: string): string[] {
  return findNamed(directory, /^serve$|^serve-./)
}

/** The names of the `oneshot-NAME` hooks that are not blank, in order. */
export function findOneshots(directory: string): string[] {
  return findNamed(directory, /^oneshot-./)
}

function findNamed(directory: string, pattern: RegExp): string[] {
  const names = listHooks(directory).filter((name) => pattern.test(name))
  return names.filter((name) => inspectHook(`${directory}/${name}`).kind !== 'blank')
}

/** The names of all files in the hook directory, in order; none when there is no such directory. */
export function listHooks(directory: string): string[] {
  try {
    return readdirSync(directory).sort()
  } catch {
    return []
  }
}

/** Whether a program can be executed: one with a slash is a path, any other is searched in `searchPath`. */
export function isInstalled(program: string, searchPath: string | undefined): boolean {
  if (program.includes('/')) return isExecutable(program)
  return (searchPath ?? '').split(':').some((directory) => isExecutable(`${directory || '.'}/${program}`))
}

/** A link to nothing is broken, never absent: otherwise a firstboot that never ran would count as done. */
function examineMissing(path: string, error: unknown): HookFile {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  let target: string
  try {
    target = readlinkSync(path)
  } catch {
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'blank' }
    return broken(`cannot examine ${path}: ${code}; check the permissions of ${dirname(path)}`)
  }
  const what = code === 'ENOENT' ? 'which does not exist' : `which cannot be reached (${code})`
  return broken(`${path} is a link to ${target}, ${what}; correct the link`)
}

function describeMode(path: string, { mode }: Stats): string {
  const all = 0o111
  if ((mode & all) === 0)
    return `${path} is not executable; add RUN chmod +x ${dirname(path)}/* to the Dockerfile`
  if ((mode & all) === all)
    return `${path} cannot be executed here; mount its file system without noexec, or check its directories`
  const user = process.getuid?.()
  return `${path} is not executable for user ${user}; add RUN chmod a+x ${dirname(path)}/* to the Dockerfile`
}

function examineInterpreter(path: string, content: string, searchPath: () => string | undefined): HookFile {
  if (hasCrlfShebang(content)) {
    const file = `${basename(dirname(path))}/${basename(path)}`
    return broken(`${path}:1: CRLF line ends hide the interpreter; run sed -i 's/\\r$//' ${file}`)
  }
  for (const program of findInterpreters(content)) {
    const isPath = program.includes('/')
    if (isInstalled(program, isPath ? undefined : searchPath())) continue
    const name = basename(program)
    const problem = isPath ? (exists(program) ? 'is not executable' : 'does not exist') : 'is not in PATH'
    return broken(`${path}:1: ${program} ${problem}; install ${name} in the image`)
  }
  return { kind: 'runnable' }
}

/** The start of a file; null when this user may run but not read it. */
function readStart(path: string, size: number): string | null {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(Math.max(1, size))
      return buffer.toString('latin1', 0, readSync(file, buffer))
    } finally {
      closeSync(file)
    }
  } catch {
    return null
  }
}

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

/** Whether this user may run a file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function broken(reason: string): HookFile {
  return { kind: 'broken', reason }
}
