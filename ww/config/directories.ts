/*
 * Where the volatile state of an instance is. The sh programs search the same list, by the same rules; N is the number
 * of the user that asks (`id -u`, the effective one).
 *
 *   with WW_RUN:     $WW_RUN/uid-N   $WW_RUN   /dev/shm/ww-N
 *   without it:      /run/ww/uid-N   /run/ww   /dev/shm/ww-N
 *
 * A directory counts when it is ours and can be written (test -O, -w); uid-N and ww-N only when they are no symbolic
 * links, and $WW_RUN or /run/ww itself only when nothing is at its uid-N. The instance makes it 0700 and uses the first
 * that it can: the directory itself only when nobody else can write there. A reader uses the first that counts, and
 * $WW_RUN or /run/ww for its message when none does. Only a file that is ours (test -O) is run (sourced).
 *
 * Root, when there is no instance in what it found, also reads the status, the events and the socket of the one uid-* in
 * $WW_RUN or /run/ww, or, without WW_RUN, of the one /dev/shm/ww-*: exactly one of them may have an instance. The lookup of
 * `ww cfg` is not among them: it is sourced, and what another user wrote could do anything as root.
 *
 * A service that runs as another user cannot enter the run directory: the variable WW_LOOKUP names a lookup that it owns
 * and cannot change, in /dev/shm/ww-services-ID/N (or /run, /tmp), which are root's (service-lookups.ts).
 */
import { accessSync, constants, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitCode, UserError } from '../base/errors.ts'
import { claimDirectory, statLink } from '../base/private-directory.ts'
import { effectiveUser } from '../base/write-error.ts'
import { claimRun, isOurs } from './run-directory.ts'

/** Where everything is; absolute paths. */
export type Directories = {
  /** whaleware itself; WW_HOME, `/ww`. */
  readonly home: string
  /** The author's hooks, `/ww/usr`. */
  readonly hooks: string
  /** What the app stores; WW_DATA, `/data`. */
  readonly data: string
  /** Where backups are written; WW_BACKUP, `/backup`. */
  readonly backup: string
  /** Volatile state, private to this user; WW_RUN, `/run/ww`, or a directory of its own as described above. */
  readonly run: string
}

/** Where the run directory is searched without WW_RUN; tests have other places. */
export type RunPlaces = { readonly usual: string; readonly memory: string }

const places: RunPlaces = { usual: '/run/ww', memory: '/dev/shm' }

/** Reads the directories from the environment, and makes the run directory; a UserError (exit 78) says why it can't. */
export function findDirectories(env: NodeJS.ProcessEnv, { usual, memory } = places): Directories {
  const wanted = env.WW_RUN ? resolve(env.WW_RUN) : usual
  const own = `${memory}/ww-${effectiveUser()}`
  const first = claimRun(wanted, Boolean(env.WW_RUN))
  if (typeof first === 'string') return listDirectories(env, first)
  const second = claimDirectory(own)
  if (second === null) return listDirectories(env, own)
  throw new UserError(
    `cannot write ${first.path} (${first.reason}), nor ${second.path} (${second.reason}); ` +
      `mount a tmpfs on ${wanted}, or set WW_RUN to a directory that user ${effectiveUser()} can write`,
    exitCode.configuration,
  )
}

/** The same for a reader: nothing is made or changed. */
export function locateDirectories(env: NodeJS.ProcessEnv): Directories {
  return listDirectories(env, findRun(env))
}

/** Finds the run directory of the instance that an environment means, for a reader. */
export function findRun(env: NodeJS.ProcessEnv, { usual, memory } = places): string {
  const user = effectiveUser()
  const wanted = env.WW_RUN ? resolve(env.WW_RUN) : usual
  const below = `${wanted}/uid-${user}`
  const candidates = [below, ...(statLink(below) === null ? [wanted] : []), `${memory}/ww-${user}`]
  const own = candidates.find((path) => isUsable(path, path === wanted))
  if (own !== undefined && (user !== 0 || hasInstance(own))) return own
  const inMemory = env.WW_RUN ? [] : listDirectory(memory, /^ww-\d+$/)
  const others = [...listDirectory(wanted, /^uid-\d+$/), ...inMemory]
  // root reads the one that there is; any other user is refused there, which is what has to be reported
  const [only, another] = user === 0 ? others.filter(hasInstance) : others.slice(0, 1)
  return only !== undefined && another === undefined ? only : (own ?? wanted)
}

function listDirectories(env: NodeJS.ProcessEnv, run: string): Directories {
  const home = resolve(env.WW_HOME || '/ww')
  return {
    home,
    hooks: `${home}/usr`,
    data: resolve(env.WW_DATA || '/data'),
    backup: resolve(env.WW_BACKUP || '/backup'),
    run,
  }
}

/** An instance writes its lookup before it runs, and its status while it does. */
function hasInstance(run: string): boolean {
  return ['cfg-lookup', 'status'].some((name) => statLink(`${run}/${name}`)?.isFile())
}

function isUsable(directory: string, mayBeLink: boolean): boolean {
  try {
    accessSync(directory, constants.W_OK)
    return isOurs(mayBeLink ? statSync(directory) : statLink(directory))
  } catch {
    return false
  }
}

function listDirectory(directory: string, pattern: RegExp): string[] {
  try {
    const names = readdirSync(directory).filter((name) => pattern.test(name))
    // a link may lead anywhere
    return names.map((name) => `${directory}/${name}`).filter((path) => statLink(path)?.isDirectory())
  } catch {
    return []
  }
}
