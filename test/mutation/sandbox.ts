import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { release, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Makes a copy of the tree, with a directory beside it for temporary files. */
export function copyTree(): string {
  const copy = fs.mkdtempSync(join(tmpdir(), 'ww-mutation-'))
  fs.cpSync('.', `${copy}/tree`, { recursive: true, filter: (path) => !/^(node_modules|\.git)$/.test(path) })
  fs.symlinkSync(resolve('node_modules'), `${copy}/tree/node_modules`)
  fs.mkdirSync(`${copy}/tmp`)
  // some tests run as another user
  fs.chmodSync(copy, 0o755)
  return copy
}

/** Whether the largest pid is that of a namespace: a test forks without end, and a mutant may not end that. */
const [major = 0, minor = 0] = release().split('.').map(Number)
const boundsProcesses = major > 6 || (major === 6 && minor >= 14)

/** Runs tests in a copy of the tree; resolves with what they printed when one has failed, or else with null. */
export async function runTests(
  copy: string,
  tests: readonly string[],
  limit: number,
): Promise<string | null> {
  const own = 'mount --bind "$0" "$0" && mount -t tmpfs -o mode=1777 tmpfs /var/tmp'
  // a mutant that never ends uses its seconds of the processor up long before the limit on a busy machine
  const bounds = `${boundsProcesses ? 'echo 2000 >/proc/sys/kernel/pid_max && ' : ''}ulimit -t 40`
  const inside = `${own} && ${bounds} && mount -o remount,bind,ro / && cd "$0/tree" && "$@"; exit $?`
  const spaces = ['--mount', '--pid', '--mount-proc', '--fork', '--kill-child', 'sh', '-c', inside, copy]
  const mocha = [process.execPath, fs.realpathSync('node_modules/mocha/lib/cli/cli.js')]
  const child = spawn('unshare', [...spaces, ...mocha, '--bail', '--exit', '--timeout', '30000', ...tests], {
    env: { ...process.env, TMPDIR: `${copy}/tmp` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (more) => printed.push(String(more)))
  const code = await new Promise((done) => child.once('close', done))
  clearTimeout(timer)
  const all = printed.join('')
  return code === 0 && / [1-9]\d* passing/.test(all) ? null : `${all}exit ${code}`
}
