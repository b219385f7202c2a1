import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect } from 'chai'

const main = resolve(import.meta.dirname, '../ww/main.ts')

describe('the program', () => {
  const ww = (args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' })

  it('is clear about a verb that there is not, with exit 2', () => {
    const { status, stderr } = ww(['rendr'])
    expect(status).to.equal(2)
    expect(stderr).to.equal('ww: there is no verb "rendr"; did you mean "render"? `ww --help` lists them\n')
    expect(ww(['render', '--wrong']).status).to.equal(2)
    expect(ww(['render', '--help']).stdout).to.contain('Usage: ww render')
    expect(ww(['--help']).stdout).to.contain('render')
  })
})
