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
    expect(complete('ww', 'events', '--')).to.have.members(['--follow', '--json', '--help'])
    expect(complete('ww', 'wait', 'U')).to.have.members(['UP', 'UPGRADING'])
    expect(complete('ww', 'cfg', '--')).to.include.members(['--default', '--why'])
  })

  it('offers nothing of an example in a usage text', () => {
    expect(complete('ww', 'init', '--')).to.deep.equal(['--help'])
  })

  it('knows no other shell', () => {
    expect(typeCommand(['completion', 'fish'])).to.deep.equal({
      status: 2,
      stdout: '',
      stderr: 'ww: ww completion knows bash only\n',
    })
  })
})
