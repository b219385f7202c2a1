import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'

describe('ww render', () => {
  let home = ''
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'ww-render-'))
    mkdirSync(join(home, 'etc'))
    writeFileSync(join(home, 'etc/cfg.json'), '{"port": 80, "servers": [{"host": "a<b>"}]}')
    writeFileSync(join(home, 'template'), 'listen {{port}};\nserver {{servers[0].host}};\n')
  })
  afterEach(() => rmSync(home, { recursive: true }))

  const at = (name: string): string => join(home, name)
  const filled = 'listen 80;\nserver a<b>;\n'
  const render = (...args: string[]) => typeCommand(['render', ...args], { WW_HOME: home, WW_RUN: home })
  const mode = (name: string): number => statSync(at(name)).mode & 0o777

  it('prints what it fills in', () => {
    expect(render(at('template'))).to.deep.equal({ status: 0, stdout: filled, stderr: '' })
  })

  it('gives a new file the template’s mode, whatever the umask', () => {
    chmodSync(at('template'), 0o662)
    expect(render(at('template'), at('out'))).to.deep.equal({ status: 0, stdout: '', stderr: '' })
    expect(readFileSync(at('out'), 'utf8')).to.equal(filled)
    expect(mode('out')).to.equal(0o662)
  })

  it('replaces a file in one step and keeps its mode', () => {
    writeFileSync(at('out'), 'old')
    chmodSync(at('out'), 0o666)
    const { ino } = statSync(at('out'))
    render(at('template'), at('out'))
    expect(readFileSync(at('out'), 'utf8')).to.equal(filled)
    expect(statSync(at('out')).ino).not.to.equal(ino)
    expect(mode('out')).to.equal(0o666)
    expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).to.deep.equal([])
  })

  it('keeps its owner', function () {
    if (process.getuid?.() !== 0) this.skip()
    writeFileSync(at('out'), 'old')
    chownSync(at('out'), 12345, 54321)
    render(at('template'), at('out'))
    expect(statSync(at('out'))).to.include({ uid: 12345, gid: 54321 })
    expect(readFileSync(at('out'), 'utf8')).to.equal(filled)
  })

  it('writes through a link, which stays one', () => {
    writeFileSync(at('real'), 'old')
    symlinkSync(at('real'), at('out'))
    render(at('template'), at('out'))
    expect(lstatSync(at('out')).isSymbolicLink()).to.equal(true)
    expect(readFileSync(at('real'), 'utf8')).to.equal(filled)
  })

  it('reads the configuration beside the volatile state when the root is read-only', () => {
    rmSync(at('etc'), { recursive: true })
    writeFileSync(at('cfg.json'), '{"port": 81, "servers": [{"host": "b"}]}')
    expect(render(at('template')).stdout).to.equal('listen 81;\nserver b;\n')
  })

  it('touches nothing when a value is missing, and names template, line and key', () => {
    writeFileSync(at('out'), 'old')
    writeFileSync(at('template'), 'ok {{port}}\n{{servers[1].host}}\n')
    expect(render(at('template'), at('out'))).to.deep.equal({
      status: 1,
      stdout: '',
      stderr: `ww: cannot render ${at('template')}: line 2: there is no servers[1].host in the configuration\n`,
    })
    expect(readFileSync(at('out'), 'utf8')).to.equal('old')
  })

  it('says what cannot be read or written', () => {
    expect(render(at('none')).stderr).to.contain('ww: cannot read the template: ENOENT')
    expect(render(at('template'), at('none/out')).stderr).to.contain(
      `ww: cannot write ${at('none/out')}: ENOENT`,
    )
    rmSync(at('etc'), { recursive: true })
    expect(render(at('template')).stderr).to.equal(
      `ww: cannot read ${home}/etc/cfg.json: it is made at boot\n`,
    )
    expect(render().status).to.equal(2)
  })
})
