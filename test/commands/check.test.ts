import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'

describe('ww check', () => {
  let tree = ''
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), 'ww-check-'))
    for (const directory of ['usr', 'etc', 'files']) mkdirSync(join(tree, directory))
    write('usr/serve', '#!/bin/sh\nexec sleep 1\n', 0o755)
  })
  afterEach(() => rmSync(tree, { recursive: true }))

  const write = (name: string, content: string, mode = 0o644): void => {
    writeFileSync(join(tree, name), content)
    chmodSync(join(tree, name), mode)
  }
  const check = (env: NodeJS.ProcessEnv = { WW_HOME: '/elsewhere' }) => typeCommand(['check', tree], env)

  it('prints nothing but the summary, on stderr, when it finds nothing', () => {
    write('etc/default_cfg.json', '{"ww": {}}')
    write('files/a.mustache', '{{WW_DATA}}')
    expect(check()).to.deep.equal({
      status: 0,
      stdout: '',
      stderr: '0 errors, 0 warnings in 1 hook, 1 template, 1 configuration file\n',
    })
  })

  it('prints one line for each finding, as compilers do, and exits 1', () => {
    write('usr/boot', '#!/bin/sh\nexit 0\n')
    write('usr/drain', '#!/bin/sh\nif true\n', 0o755)
    write('usr/Monitor', '#!/bin/sh\nexit 0\n', 0o755)
    write('etc/default_cfg.json', '{\n  "memory": 1,\n  "ww": {"timeout": 1}\n}')
    write('files/a.mustache', 'x\n{{memroy}}\n')
    const { status, stdout, stderr } = check()
    expect(status).to.equal(1)
    expect(stdout.trimEnd().split('\n')).to.deep.equal([
      'usr/Monitor: warning: nothing runs this file; did you mean monitor?',
      'usr/boot: error: not executable; run chmod +x usr/boot',
      'usr/drain:3: error: syntax error: end of file unexpected (expecting "then")',
      'etc/default_cfg.json:3: error: ww.timeout is not a setting; did you mean ww.timeouts?',
      'files/a.mustache:2: error: no key "memroy"; did you mean memory?',
    ])
    expect(stderr).to.equal('4 errors, 1 warning in 4 hooks, 1 template, 1 configuration file\n')
  })

  it('exits 0 when there are only warnings', () => {
    write('usr/backup', '#!/bin/sh\nexit 0\n', 0o755)
    expect(check()).to.deep.equal({
      status: 0,
      stdout: 'usr/backup: warning: nothing runs this file; set ww.schedule.backup\n',
      stderr: '0 errors, 1 warning in 2 hooks, 0 templates, 0 configuration files\n',
    })
  })

  it('checks WW_HOME when no directory is given, whose hooks run here', () => {
    write('usr/boot', '#!/no/such/shell\nexit 0\n', 0o755)
    expect(typeCommand(['check'], { WW_HOME: tree })).to.include({
      status: 1,
      stdout: 'usr/boot:1: error: /no/such/shell does not exist; install it in the image\n',
    })
  })

  it('does not check templates against a configuration that cannot be read', () => {
    write('etc/default_cfg.json', '{')
    write('files/a.mustache', '{{memory}}')
    expect(check().stdout).to.equal('etc/default_cfg.json:1: error: column 2: expected "}", found the end\n')
  })

  it('reports a directory that is not a tree, or does not exist', () => {
    rmSync(join(tree, 'usr'), { recursive: true })
    expect(check()).to.include({
      status: 1,
      stdout: 'usr: error: no such directory; DIR is the tree that is copied to /ww\n',
    })
    const absent = typeCommand(['check', '/no/such'])
    expect(absent).to.include({ status: 2, stdout: '' })
    expect(absent.stderr).to.contain('cannot check /no/such: no such directory')
    expect(typeCommand(['check', 'a', 'b']).status).to.equal(2)
  })
})
