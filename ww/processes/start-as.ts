import { accessSync, closeSync, constants, openSync, readSync, realpathSync } from 'node:fs'
import type { Account, UserAccount } from './account.ts'

/** Where the programs are that change a user or a priority; never those of a service's own PATH. */
const directories = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']

/** A process to start, as words and as what the system is told beside them. */
export type Start = {
  readonly words: readonly [file: string, ...args: string[]]
  readonly account: Account | null
  /** What cannot be had here, and is left out. */
  readonly warning: string | null
}

/** Whether this process has to become somebody else to be that user. */
export function isOther({ uid, gid }: Account): boolean {
  return uid !== process.geteuid?.() || gid !== process.getegid?.()
}

/**
 * How a program is started as another user. Every runtime can set a user and a group, and drops all other groups. Where
 * the user has other groups, one of the programs that images have sets them; it becomes the program itself (exec), so
 * that no process of it stays, and the pid is the program's own.
 */
export function startAs(
  file: string,
  args: readonly string[],
  user: UserAccount,
  find: FindProgram = findProgram,
): Start {
  const { uid, gid, name, groups } = user
  const account = { uid, gid }
  if (groups.length === 0) return { words: [file, ...args], account, warning: null }
  const words = withShell(file, args)
  const list = groups.join(',')
  const setpriv = find('setpriv')
  if (setpriv !== null)
    return root([setpriv, `--reuid=${uid}`, `--regid=${gid}`, `--groups=${list}`, '--', ...words])
  const chroot = find('chroot')
  if (chroot !== null)
    return root([chroot, `--userspec=+${uid}:+${gid}`, `--groups=${list}`, '--skip-chdir', '/', ...words])
  // that of busybox becomes the shell, others stay as its parent
  const su = find('su', 'busybox')
  if (su !== null) return root([su, '-m', '-s', '/bin/sh', '-c', 'exec "$0" "$@"', '--', name, ...words])
  const warning = `runs without the groups ${list} of user ${name}: setting them needs setpriv, chroot (coreutils) or su (busybox) in the image`
  return { words: [file, ...args], account, warning }
}

/** The words that give a program a lower priority, as the same process; null where that program is missing. */
export function withNiceness(
  words: Start['words'],
  nice: number,
  find: FindProgram = findProgram,
): Start['words'] | null {
  const program = find('nice') ?? find('nice', 'busybox')
  const [file, ...args] = words
  return program === null ? null : [program, '-n', String(nice), ...withShell(file, args)]
}

/** Finds a program of a kind: those of busybox and toybox have fewer options. */
export type FindProgram = (name: string, kind?: 'busybox') => string | null

/** Finds it where the system's own programs are. */
export const findProgram: FindProgram = (name, kind) => {
  for (const directory of directories) {
    const path = `${directory}/${name}`
    try {
      accessSync(path, constants.X_OK)
      const target = realpathSync(path)
      const isSmall = /\/(busybox|toybox)[^/]*$/.test(target)
      if (kind === 'busybox' ? target.includes('/busybox') : !isSmall) return path
    } catch {
      // not there
    }
  }
  return null
}

function root(words: Start['words']): Start {
  return { words, account: null, warning: null }
}

/** Programs that start another one may refuse a script without a #! line, which the runtimes start with sh. */
function withShell(file: string, args: readonly string[]): [string, ...string[]] {
  return isPlainScript(file) ? ['/bin/sh', file, ...args] : [file, ...args]
}

function isPlainScript(path: string): boolean {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const start = Buffer.alloc(4)
    const length = readSync(file, start)
    closeSync(file)
    const text = start.toString('latin1', 0, length)
    return !text.startsWith('#!') && text !== '\x7fELF'
  } catch {
    return false
  }
}
