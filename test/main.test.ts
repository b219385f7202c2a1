import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { programWords } from './helpers/program.ts'

describe('the program', () => {
  const ww = (args: string[]) => {
    const [file, ...words] = programWords(...args)
    return spawnSync(file, words, { encoding: 'utf8' })
  }

  it('is clear about a verb that there is not, with exit 2', () => {
    const { status, stderr } = ww(['rendr'])
    expect(status).to.equal(2)
    expect(stderr).to.equal('ww: there is no verb "rendr"; did you mean "render"? `ww --help` lists them\n')
    expect(ww(['render', '--wrong']).status).to.equal(2)
    expect(ww(['render', '--help']).stdout).to.contain('Usage: ww render')
    expect(ww(['--help']).stdout).to.contain('render')
  })
})
