import { execFile } from 'node:child_process'
import { release } from 'node:os'

// before Linux 6.14 the largest pid is that of the whole machine
const hasOwnPids = release().localeCompare('6.14', 'en', { numeric: true }) >= 0
const inside = `mount --bind "$0" "$0" && mount -t tmpfs -o mode=1777 tmpfs /var/tmp && ulimit -t 40 &&
  ${hasOwnPids ? 'echo 2000 >/proc/sys/kernel/pid_max &&' : ''}
  mount -o remount,bind,ro / && cd "$0/tree" && "$@"; exit $?`
const unshare = ['--mount', '--pid', '--mount-proc', '--fork', '--kill-child', 'sh', '-c', inside]
const program = `${process.cwd()}/node_modules/mocha/lib/cli/cli.js`
const mocha = [process.execPath, program, '--bail', '--exit', '--timeout', '30000']

/**
 * Runs tests in a copy of the tree, as root; resolves with what they printed when one failed, or null. A mutant may
 * kill, remove, fork and compute without end: all but the copy is read-only, and processes and seconds are bounded.
 */
export function runTests(copy: string, tests: readonly string[], limit: number): Promise<string | null> {
  const env = { ...process.env, TMPDIR: copy }
  const options = { env, timeout: limit, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const
  return new Promise((done) =>
    execFile('unshare', [...unshare, copy, ...mocha, ...tests], options, (error, stdout, stderr) =>
      done(error || !/ [1-9]\d* passing/.test(stdout) ? `${stdout}${stderr}${error}` : null),
    ),
  )
}
