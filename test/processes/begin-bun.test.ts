import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'

const root = resolve(import.meta.dirname, '../..')
const machine = process.arch === 'arm64' ? 'aarch64' : process.arch
const bun = `${root}/node_modules/@oven/bun-linux-${machine}/bin/bun`

describe('the version for Bun', () => {
  it('passes the conformance tests', function () {
    if (!existsSync(bun)) this.skip()
    const words = ['--no-config', '--timeout', '20000', 'test/processes/begin-conformance.test.ts']
    const { status, stdout, stderr } = spawnSync(
      bun,
      [`${root}/node_modules/mocha/lib/cli/cli.js`, ...words],
      {
        cwd: root,
        encoding: 'utf8',
      },
    )
    expect(status, stdout + stderr).to.equal(0)
    expect(stdout).to.contain('how Bun begins a process')
  })
})
