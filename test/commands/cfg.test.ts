import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'

describe('ww cfg --why', () => {
  let home = ''
  let defaults = ''
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'ww-why-'))
    mkdirSync(join(home, 'etc'))
    defaults = join(home, 'etc/default_cfg.json')
    writeFileSync(
      defaults,
      '{"memory": 128, "db": {"host": "localhost", "port": 5432}, "list": [1, 2], "gone": {"a": 1}, "id": 1.0}',
    )
  })
  after(() => rmSync(home, { recursive: true }))

  const file = (): string => join(home, 'mine.json')
  const why = (keyPath: string, env: NodeJS.ProcessEnv = {}) => {
    writeFileSync(file(), '{"memory": 256, "db": {"host": "db"}}')
    const CFG =
      '{"memory": 400, "list": [3], "db": {"password": {"$file": "/run/secrets/p"}}, "gone": null, "ww": {"version": "2"}}'
    return typeCommand(['cfg', '--why', keyPath], {
      WW_HOME: home,
      WW_RUN: home,
      CFG,
      CFG_FILE: file(),
      ...env,
    })
  }
  const answer = (keyPath: string, env: NodeJS.ProcessEnv = {}): string[] => {
    const { status, stdout, stderr } = why(keyPath, env)
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
    return stdout.replace(/\n$/, '').split('\n')
  }

  it('tells every layer that has the key, the strongest first', () => {
    expect(answer('memory')).to.deep.equal(['CFG: 400', `CFG_FILE ${file()}: 256`, `${defaults}: 128`])
    expect(answer('db.port')).to.deep.equal([`${defaults}: 5432`])
    expect(answer('id')).to.deep.equal([`${defaults}: 1.0`])
  })

  it('names a CFG that is a path', () => {
    expect(answer('memory', { CFG: file(), CFG_FILE: '' })[0]).to.equal(`CFG ${file()}: 256`)
  })

  it('tells the parts of an object, and the file of a secret, which it does not read', () => {
    expect(answer('db')).to.deep.equal([
      'CFG: {"password":{"$file":"/run/secrets/p"}}',
      `CFG_FILE ${file()}: {"host":"db"}`,
      `${defaults}: {"host":"localhost","port":5432}`,
    ])
    expect(answer('db.password')).to.deep.equal(['CFG: the secret in /run/secrets/p'])
  })

  it('leaves out what was replaced as a whole', () => {
    expect(answer('list[0]')).to.deep.equal(['CFG: 3'])
    expect(why('list[1]').status).to.equal(1)
  })

  it('says where something was deleted, also when it was deleted with what is around it', () => {
    expect(answer('gone.a')[0]).to.equal('CFG: deleted here (null)')
  })

  it('knows the variables and the defaults of whaleware’s own settings', () => {
    expect(answer('ww.version', { WW_VERSION: '1' })).to.deep.equal(['CFG: 2', 'WW_VERSION: 1', 'built in: '])
    expect(answer('ww.monitor.every')).to.deep.equal(['built in: 30s'])
    expect(answer('ww.notify.url', { CFG: '{"notify_url": "http://x"}' })).to.deep.equal([
      'CFG (notify_url): http://x',
    ])
  })

  it('prints nothing, exits 1 and names the layers when none has it', () => {
    const { status, stdout, stderr } = why('none')
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.equal(`ww cfg: no layer has none; there are ${defaults}, CFG_FILE ${file()}, CFG\n`)
  })

  it('exits 78 and names the line when a layer is malformed, 2 on wrong usage', () => {
    expect(why('a', { CFG: '{' })).to.include({
      status: 78,
      stderr: 'ww: cannot read CFG: line 1, column 2: close brace expected\n',
    })
    expect(typeCommand(['cfg', '--why'], { WW_RUN: home }).status).to.equal(2)
  })
})
