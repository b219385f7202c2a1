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

  it('prints every layer that has the key, the strongest first, with the line of a file', () => {
    expect(answer('memory')).to.deep.equal([
      '400\tCFG, environment variable',
      `256\t${file()}:1, overridden`,
      `128\t${defaults}:1, overridden`,
    ])
    expect(answer('db.port')).to.deep.equal([`5432\t${defaults}:1`])
    expect(answer('id')).to.deep.equal([`1.0\t${defaults}:1`])
  })

  it('names the file of a CFG that is a path', () => {
    expect(answer('memory', { CFG: file(), CFG_FILE: '' })[0]).to.equal(`256\t${file()}:1`)
  })

  it('prints the parts of an object, which are merged', () => {
    expect(answer('db')).to.deep.equal([
      '{"password":{"$file":"/run/secrets/p"}}\tCFG, environment variable',
      `{"host":"db"}\t${file()}:1`,
      `{"host":"localhost","port":5432}\t${defaults}:1`,
    ])
  })

  it('prints the file of a secret, which it does not read', () => {
    expect(answer('db.password')).to.deep.equal(['(secret)\t/run/secrets/p, named in CFG'])
  })

  it('leaves out what was replaced as a whole', () => {
    expect(answer('list[0]')).to.deep.equal(['3\tCFG, environment variable'])
    expect(why('list[1]').status).to.equal(1)
  })

  it('prints where something was deleted, also when it was deleted with what is around it', () => {
    expect(answer('gone.a')).to.deep.equal([
      '(deleted)\tCFG, environment variable',
      `1\t${defaults}:1, overridden`,
    ])
  })

  it('knows the variables and the defaults of whaleware’s own settings', () => {
    expect(answer('ww.version', { WW_VERSION: '1' })).to.deep.equal([
      '"2"\tCFG, environment variable',
      '"1"\tWW_VERSION, environment variable, overridden',
      '""\tbuilt-in default, overridden',
    ])
    expect(answer('ww.monitor.every')).to.deep.equal(['"30s"\tbuilt-in default'])
    expect(answer('ww.notify.url', { CFG: '{"notify_url": "http://x"}' })).to.deep.equal([
      '"http://x"\tCFG, environment variable',
    ])
  })

  it('explains a key that begins with -', () => {
    const result = typeCommand(['cfg', '--why', '--', '-key'], {
      WW_HOME: home,
      WW_RUN: home,
      CFG: '{"-key": 1}',
    })
    expect(result).to.include({ status: 0, stdout: '1\tCFG, environment variable\n' })
  })

  it('prints nothing, exits 1 and names the layers when none has it', () => {
    const { status, stdout, stderr } = why('memroy')
    expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
    expect(stderr).to.contain(`no key "memroy" in ${defaults}, ${file()}, CFG; did you mean memory?\n`)
  })

  it('exits 78 when a layer is malformed, 2 on wrong usage', () => {
    const malformed = why('a', { CFG: '{' })
    expect(malformed.status).to.equal(78)
    expect(malformed.stderr).to.contain('CFG: line 1, column 2: expected "}", found the end')
    expect(typeCommand(['cfg', '--why'], { WW_RUN: home }).status).to.equal(2)
  })
})
