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

  it('supports no shell that it does not know', () => {
    const { status, stdout, stderr } = typeCommand(['completion', 'csh'])
    expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' })
    expect(stderr).to.equal('ww completion: takes one SHELL: bash, zsh or fish\n')
  })
})

for (const shell of ['zsh', 'fish'] as const) {
  describe(`ww completion ${shell}`, function () {
    this.timeout(60_000)
    let script = ''
    before(function () {
      if (spawnSync(shell, ['-c', 'true']).status !== 0) this.skip()
      script = typeCommand(['completion', shell]).stdout
    })

    /** What the shell offers at the end of a line. */
    const complete = (...words: string[]): string[] => {
      const last = words.at(-1) ?? ''
      const { stdout, stderr } =
        shell === 'fish'
          ? spawnSync('fish', ['--no-config', '-c', `${script}\ncomplete -C '${words.join(' ')}'`], {
              encoding: 'utf8',
            })
          : spawnSync('zsh', ['-fc', askZsh(words)], { encoding: 'utf8' })
      expect(stderr).to.equal('')
      const offered = stdout.split('\n').map((line) => line.split('\t')[0] ?? '')
      return offered.filter((word) => word !== '' && word.startsWith(last))
    }
    /** zsh's own parts of a completion, which are there only on a terminal, as far as they matter here. */
    const askZsh = (words: string[]): string => `
      compadd() { shift; print -l -- "$@"; }; compdef() { :; }; _files() { :; }
      ${script}
      words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; PREFIX='${words.at(-1)}'
      _ww`

    it('offers the verbs', () => {
      expect(complete('ww', 'eve')).to.deep.equal(['events'])
      expect(complete('ww', '')).to.include.members(['run', 'cfg', 'reload', 'why'])
    })

    it('offers the options of a verb, and the states where one is wanted', () => {
      expect(complete('ww', 'events', '--')).to.include.members(['--json', '--follow', '--help'])
      expect(complete('ww', 'wait', 'U')).to.have.members(['UP', 'UPGRADING'])
      expect(complete('ww', 'completion', 'f')).to.include('fish')
    })

    it('offers the key paths of settings to ww cfg, once they have begun', () => {
      expect(complete('ww', 'cfg', 'ww.stop.')).to.have.members([
        ...['ww.stop.grace', 'ww.stop.sweep', 'ww.stop.announce'],
      ])
      expect(complete('ww', 'cfg', '')).to.not.include('ww.kill_after')
    })
  })
}
