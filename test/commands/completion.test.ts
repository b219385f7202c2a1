import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'

describe('ww completion bash', () => {
  let script = ''
  before(() => {
    script = typeCommand(['completion', 'bash']).stdout
  })

  /** What bash offers at the end of a line. */
  const complete = (...words: string[]) => {
    const line = words.map((word) => `'${word}'`).join(' ')
    const ask = `${script}\nCOMP_WORDS=(${line}) COMP_CWORD=${words.length - 1}; _ww; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', ask], { encoding: 'utf8' })
    expect(stderr).to.equal('')
    return stdout.trim().split('\n')
  }

  it('offers the verbs', () => {
    expect(complete('ww', 'eve')).to.deep.equal(['events'])
    expect(complete('ww', '')).to.include.members(['run', 'cfg', 'wait', 'health', 'events', 'check', 'init'])
  })

  it('offers the options of a verb, and the states where one is wanted', () => {
    expect(complete('ww', 'events', '--')).to.have.members(['--json', '--follow', '--color', '--help'])
    expect(complete('ww', 'wait', 'U')).to.have.members(['UP', 'UPGRADING'])
    expect(complete('ww', 'cfg', '--')).to.include.members(['--default', '--why'])
  })

  it('offers the key paths of settings to ww cfg, once they have begun', () => {
    expect(complete('ww', 'cfg', 'ww.stop.')).to.deep.equal([
      'ww.stop.grace',
      'ww.stop.sweep',
      'ww.stop.announce',
    ])
    expect(complete('ww', 'cfg', 'ww.kill')).to.deep.equal(['ww.kill_after'])
    expect(complete('ww', 'cfg', '')).to.not.include('ww.kill_after')
    expect(complete('ww', 'render', 'ww.kill')).to.deep.equal([''])
  })

  it('offers nothing of an example in a usage text', () => {
    expect(complete('ww', 'init', '--')).to.deep.equal(['--like', '--help'])
  })

  it('supports no other shell', () => {
    const { status, stdout, stderr } = typeCommand(['completion', 'fish'])
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' })
    expect(stderr).to.contain('supports bash only; use ww completion bash')
  })
})
