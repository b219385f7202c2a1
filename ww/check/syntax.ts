import { spawnSync } from 'node:child_process'

/** The shells that can read a script without running it, by -n. */
const shells = ['sh', 'dash', 'ash', 'bash', 'ksh', 'mksh', 'zsh']

/** A parser that does not end is not waited for. */
const timeout = 5000

/**
 * The first syntax error of a shell script, as its own interpreter reports it; null when there is none, when the
 * interpreter is not a shell, or when it is not installed here. `interpreters` are the programs of its #! line.
 */
export function findSyntaxError(
  path: string,
  interpreters: readonly string[],
): { line?: number; text: string } | null {
  const shell = interpreters.at(-1) ?? '/bin/sh'
  if (!shells.includes(shell.slice(shell.lastIndexOf('/') + 1))) return null
  // BASH_ENV and ENV name files that a shell would run first
  const env = { PATH: process.env.PATH, LC_ALL: 'C' }
  const { status, stderr } = spawnSync(shell, ['-n', path], {
    encoding: 'utf8',
    env,
    timeout,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return status === null || status === 0 ? null : parseReport(stderr, path)
}

/** dash: `PATH: 3: Syntax error: …`; bash: `PATH: line 3: syntax error: …`; busybox: `PATH: line 3: syntax error: …`. */
function parseReport(report: string, path: string): { line?: number; text: string } {
  const [first = ''] = report.split('\n')
  const rest = first.slice(first.indexOf(path) < 0 ? 0 : first.indexOf(path) + path.length)
  const [, line, text] = /^:? *(?:line )?(\d+): *(.+)$/.exec(rest) ?? []
  if (line === undefined || text === undefined) return { text: `syntax error: ${first || 'no details'}` }
  const plain = text.replace(/^syntax error:? */i, '')
  return { line: Number(line), text: `syntax error: ${plain}` }
}
