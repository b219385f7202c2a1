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

  it('has the directories as variables, also where the environment does not name them', () => {
    writeFileSync(at('template'), '{{WW_HOME}} {{WW_DATA}} {{env.PATH}}')
    expect(render(at('template')).stdout).to.equal(`${home} /data ${process.env.PATH}`)
  })

  it('touches nothing when values are missing, and names the template, the line and the key of each', () => {
    writeFileSync(at('out'), 'old')
    writeFileSync(at('template'), 'ok {{port}}\n{{servers[1].host}}\n{{prt}}\n')
    const { status, stdout, stderr } = render(at('template'), at('out'))
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.contain(`${at('template')}:2: no key "servers[1].host" in the configuration`)
    expect(stderr).to.contain(`${at('template')}:3: no key "prt" in the configuration; did you mean port?\n`)
    expect(readFileSync(at('out'), 'utf8')).to.equal('old')
  })

  it('reports a template that is malformed', () => {
    writeFileSync(at('template'), 'a\n{{port}')
    expect(render(at('template')).stderr).to.contain(`${at('template')}:2: Unclosed tag\n`)
  })

  it('reports what cannot be read or written', () => {
    expect(render(at('none')).stderr).to.contain(`cannot read ${at('none')}: no such file\n`)
    expect(render(at('template'), at('none/out')).stderr).to.contain(
      `cannot write ${at('none/out')}: no such file\n`,
    )
    writeFileSync(at('etc/cfg.json'), '[]')
    expect(render(at('template')).stderr).to.contain(
      `cannot use ${home}/etc/cfg.json: it must be a JSON object`,
    )
    rmSync(at('etc'), { recursive: true })
    expect(render(at('template')).stderr).to.contain(
      `cannot read ${home}/etc/cfg.json: no such file; it is written when the instance boots\n`,
    )
    expect(render().status).to.equal(2)
    expect(render('a', 'b', 'c').status).to.equal(2)
  })
})
