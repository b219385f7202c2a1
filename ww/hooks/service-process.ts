import { accessSync, constants, fchmodSync, fstatSync, statSync } from 'node:fs'
import type { ServiceSettings } from '../config/services-kind.ts'
import type { UserAccount } from '../processes/account.ts'
import { mayRaisePriority, withPriority } from '../processes/priority.ts'
import { type Spawned, type SpawnOptions, spawn } from '../processes/spawn.ts'
import { type Start, startAs, withNiceness } from '../processes/start-as.ts'

/** A program to start as a service. */
export type ServiceProgram = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Null: the user of the instance. */
  readonly user: UserAccount | null
  readonly output: Pick<SpawnOptions, 'stdout' | 'stderr'>
}

/** Starts it with the settings of its service; what cannot be had here is left out, with a warning. */
export function spawnService(
  { file, args, env, user, output }: ServiceProgram,
  { cwd, nice }: Pick<ServiceSettings, 'cwd' | 'nice'>,
  warn: (line: string) => void,
): Spawned {
  const start: Start =
    user === null ? { words: [file, ...args], account: null, warning: null } : startAs(file, args, user)
  if (start.warning !== null) warn(start.warning)
  if (user !== null) shareOutput(output)
  const options = { ...output, env, ...(cwd === null ? {} : { cwd }), ...start.account }
  const begin = ([program, ...rest]: Start['words']): Spawned => spawn(program, rest, options)
  if (nice === 0) return begin(start.words)
  // without that right it could not come back from a lower priority either
  if (mayRaisePriority(Math.max(1, -nice))) return withPriority(nice, () => begin(start.words))
  const slower = nice > 0 ? withNiceness(start.words, nice) : null
  if (slower === null) {
    const fix = nice > 0 ? 'add the program nice to the image' : 'give the container the capability SYS_NICE'
    warn(`runs without nice ${nice}; ${fix}`)
  }
  return begin(slower ?? start.words)
}

/**
 * Lets another user open /dev/stdout and /dev/stderr by their names, as servers that log there do: the pipe belongs to
 * this user. Nobody else gets anywhere by that, since a pipe without a name is reached by those who have it alone.
 */
function shareOutput({ stdout, stderr }: ServiceProgram['output']): void {
  for (const file of [stdout === 'inherit' ? 1 : stdout, (stderr ?? 'inherit') === 'inherit' ? 2 : stderr]) {
    if (typeof file !== 'number') continue
    try {
      const stats = fstatSync(file)
      if (stats.isFIFO() && (stats.mode & 0o002) === 0) fchmodSync(file, 0o622)
    } catch {
      // closed, or somebody else's: it can still write to what it has
    }
  }
}

/** Why a service cannot start in a directory; null when it can. */
export function findDirectoryProblem(cwd: string): string | null {
  try {
    if (!statSync(cwd).isDirectory()) return `${cwd} is not a directory`
    accessSync(cwd, constants.X_OK)
    return null
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return `${cwd} does not exist`
    return code === 'EACCES' ? `${cwd} is not accessible` : `${cwd} cannot be examined (${code})`
  }
}
