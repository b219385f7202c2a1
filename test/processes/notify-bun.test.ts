import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'

const root = resolve(import.meta.dirname, '../..')
const machine = process.arch === 'arm64' ? 'aarch64' : process.arch
const bun = `${root}/node_modules/@oven/bun-linux-${machine}/bin/bun`

describe('a notify socket in Bun', () => {
  it('passes the same tests, without the compiler of Bun, as an instance runs', function () {
    if (!existsSync(bun)) this.skip()
    const words = ['--no-config', '--timeout', '60000', 'test/processes/notify.test.ts']
    const { status, stdout, stderr } = spawnSync(
      bun,
      [`${root}/node_modules/mocha/lib/cli/cli.js`, ...words],
      { cwd: root, encoding: 'utf8', env: { ...process.env, BUN_JSC_useJIT: '0' } },
    )
    expect(status, stdout + stderr).to.equal(0)
    expect(stdout).to.contain('a notify socket in Bun')
  })
})
