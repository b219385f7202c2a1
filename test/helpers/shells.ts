import { spawnSync } from 'node:child_process'

/** The shells that every sh program of the project must run in, as the words that begin a command. */
export const shells: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  bash: ['bash', '--posix'],
  'busybox ash': ['busybox', 'ash'],
}

/**
 * Whether a shell is installed here and has the date of the tests: when they run with a moved one, a static busybox
 * has the real one all the same.
 */
export function hasShell(words: readonly string[]): boolean {
  const [program = '', ...args] = words
  const { status, stdout } = spawnSync(program, [...args, '-c', 'date +%s'], { encoding: 'utf8' })
  return status === 0 && Math.abs(Number(stdout) - Date.now() / 1000) < 86_400
}
