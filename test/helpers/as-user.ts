import { spawnSync } from 'node:child_process'

/** Whether this process may become another user, mount file systems and give files away. */
export const isRoot = process.geteuid?.() === 0

/** Skips a test that needs root, with that as its reason. */
export function needsRoot(test: Mocha.Context): void {
  if (!isRoot) test.skip()
}

/** Runs a piece of TypeScript as another user, and returns what it returned; its errors are thrown here. */
export function runAs(uid: number, code: string): unknown {
  const wrapped = `(async () => { ${code} })().then((value) => console.log(JSON.stringify(value ?? null)))`
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', wrapped],
    { uid, gid: uid, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: '/tmp' }, timeout: 60_000 },
  )
  if (status !== 0) throw new Error(`as user ${uid}: ${stderr}`)
  return JSON.parse(stdout)
}
