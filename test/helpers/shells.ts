import { spawnSync } from 'node:child_process'

/** The shells that every sh program of the project must run in, as the words that begin a command. */
export const shells: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  bash: ['bash', '--posix'],
  'busybox ash': ['busybox', 'ash'],
}

/** Whether a shell is installed here. */
export function hasShell(words: readonly string[]): boolean {
  const [program = '', ...args] = words
  return spawnSync(program, [...args, '-c', 'exit 0']).status === 0
}
