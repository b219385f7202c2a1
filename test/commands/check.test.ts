import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'

describe('ww check', () => {
  let tree = ''
  beforeEach(() => {
    tree = mkdtempSync(join(tmpdir(), 'ww-check-'))
    mkdirSync(join(tree, 'usr'))
    mkdirSync(join(tree, 'etc'))
    hook('serve', '#!/bin/sh\nexec sleep 1\n')
  })
  afterEach(() => rmSync(tree, { recursive: true }))

  const hook = (name: string, content: string, mode = 0o755) => {
    writeFileSync(join(tree, 'usr', name), content)
    chmodSync(join(tree, 'usr', name), mode)
  }
  const configure = (config: unknown) =>
    writeFileSync(
      join(tree, 'etc/default_cfg.json'),
      typeof config === 'string' ? config : JSON.stringify(config),
    )
  const check = (env: NodeJS.ProcessEnv = { WW_HOME: '/elsewhere' }) => {
    const { status, stdout, stderr } = typeCommand(['check', tree], env)
    expect(stderr).to.equal('')
    return { status, lines: stdout.replaceAll(tree, 'TREE').trimEnd().split('\n') }
  }
  const expectError = (line: string, env?: NodeJS.ProcessEnv) =>
    expect(check(env)).to.deep.equal({ status: 1, lines: [line, 'TREE: 1 error, 0 warnings'] })
  const expectWarning = (line: string) =>
    expect(check()).to.deep.equal({ status: 0, lines: [line, 'TREE: 0 errors, 1 warning'] })

  it('finds nothing in a tree that is right', () => {
    hook('helper.sh', 'not run by whaleware\r\n', 0o644)
    hook('serve-worker', '#!/usr/bin/env -S sh -e\n:\nexit\n')
    hook('backup', '#!/bin/sh\nexit 0\n')
    configure({ ww: { schedule: { backup: '0 3 * * *' }, notify: { secret: { $file: '/run/secrets/x' } } } })
    expect(check()).to.deep.equal({ status: 0, lines: ['TREE is fine'] })
  })

  it('checks WW_HOME when no directory is given', () => {
    expect(typeCommand(['check'], { WW_HOME: tree })).to.include({ status: 0, stdout: `${tree} is fine\n` })
  })

  describe('hooks', () => {
    it('that are not executable', () => {
      hook('boot', '#!/bin/sh\nexit 0\n', 0o644)
      expectError('error usr/boot: is not executable: chmod +x makes it so')
    })

    it('that are blank need not be', () => {
      hook('boot', '#!/bin/sh\n# nothing\n', 0o644)
      expect(check().status).to.equal(0)
    })

    it('with CRLF line ends', () => {
      hook('boot', '#!/bin/sh\r\nexit 0\r\n')
      const { status, lines } = check()
      expect(status).to.equal(1)
      expect(lines).to.include("error usr/boot: has CRLF line ends: sed -i 's/\\r$//' makes them right")
      expect(lines.join('\n')).to.not.contain('interpreter')
    })

    it('with a byte order mark', () => {
      hook('boot', '\uFEFF#!/bin/sh\nexit 0\n')
      expectError('error usr/boot: begins with a byte order mark, which hides the #! line: save it without')
    })

    it('without a #! line', () => {
      hook('boot', 'exit 0\n')
      expectWarning('warning usr/boot: has no #! line: it runs under /bin/sh')
    })

    it('whose interpreter is not there, a warning where they will run elsewhere', () => {
      hook('boot', '#!/usr/bin/env no-such-shell\nexit 0\n')
      expectWarning(
        'warning usr/boot: its interpreter no-such-shell is not installed here; the image must have it',
      )
      expectError('error usr/boot: its interpreter no-such-shell is not installed', { WW_HOME: tree })
      hook('boot', '#!/no/such/shell -e\nexit 0\n')
      expectError('error usr/boot: its interpreter /no/such/shell is not installed', { WW_HOME: tree })
    })

    it('that are programs are not read as scripts', () => {
      hook('boot', '\u007fELF\u0000\r\n')
      expect(check().lines).to.deep.equal(['TREE is fine'])
    })

    it('that are directories', () => {
      mkdirSync(join(tree, 'usr/boot'))
      expectError('error usr/boot: is not a file')
    })

    for (const [name, meant] of [
      ['firstbot', 'firstboot'],
      ['Monitor', 'monitor'],
      ['boot.sh', 'boot'],
      ['serve_web', 'serve-web'],
    ]) {
      it(`called ${name} for ${meant}`, () => {
        hook(name ?? '', '#!/bin/sh\nexit 0\n')
        expectError(`error usr/${name}: there is no such hook; did you mean ${meant}?`)
      })
    }

    it('with a name like a hook’s may stand beside that hook', () => {
      hook('boot', '#!/bin/sh\nexit 0\n')
      hook('boots', '#!/bin/sh\nexit 0\n')
      expect(check().status).to.equal(0)
    })

    it('called backup that nothing runs', () => {
      hook('backup', '#!/bin/sh\nexit 0\n')
      expectWarning('warning usr/backup: nothing runs it: ww.schedule.backup says when it is to run')
    })

    it('that a schedule names and that are not there', () => {
      configure({ ww: { schedule: { tidy: '* * * * *' } } })
      expectError('error usr/tidy: ww.schedule names it, but it is not there')
    })
  })

  describe('configuration', () => {
    it('with unknown keys, bad durations and bad cron expressions, each on its line', () => {
      hook('backup', '#!/bin/sh\nexit 0\n')
      configure({
        ww: { monitr: { every: '5s' }, timeouts: { boot: 'soon' }, schedule: { backup: 'at night' } },
      })
      const { status, lines } = check()
      expect(status).to.equal(1)
      expect(lines).to.have.length(4)
      expect(lines[0]).to.equal('error there is no setting ww.monitr; did you mean ww.monitor?')
      expect(lines[1]).to.match(/^error ww\.timeouts\.boot must be a duration .*, not "soon"$/)
      expect(lines[2]).to.equal('error ww.schedule.backup is no cron expression: "at night"')
    })

    it('with the nearest key to one that is not there', () => {
      configure({ ww: { monitor: { evry: '5s' } } })
      expectError('error there is no setting ww.monitor.evry; did you mean ww.monitor.every?')
    })

    it('that is no JSON, by line and column', () => {
      configure('{"a": 1,\n "b" 2}')
      const { status, lines } = check()
      expect(status).to.equal(1)
      expect(lines[0]).to.match(/^error cannot read etc\/default_cfg\.json: line 2, column \d+: /)
    })

    it('whose stop takes longer than Docker waits', () => {
      configure({ ww: { stop: { grace: '30s' } } })
      expectWarning(
        'warning ww.stop.grace is longer than the 10 s after which Docker kills: docker stop -t 31 or stop_grace_period: 31s gives it that long',
      )
    })

    const schema = (value: unknown) =>
      writeFileSync(
        join(tree, 'etc/cfg.schema.json'),
        typeof value === 'string' ? value : JSON.stringify(value),
      )

    it('whose schema is none', () => {
      configure({})
      schema({ type: 'objekt' })
      const { status, lines } = check()
      expect(status).to.equal(1)
      expect(lines[0]).to.match(/^error cannot use etc\/cfg\.schema\.json: /)
      schema('{')
      expect(check().lines[0]).to.match(/^error cannot read etc\/cfg\.schema\.json: /)
    })

    it('whose defaults lack what the schema requires, an error only when CFG does not give it', () => {
      configure({})
      schema({ type: 'object', required: ['password'] })
      const missing = `the configuration must have required property 'password' (etc/cfg.schema.json)`
      expectWarning(`warning ${missing}`)
      expectError(`error ${missing}`, { CFG: '{"user": "x"}' })
      expect(check({ CFG: '{"password": "x"}' }).status).to.equal(0)
    })
  })

  it('says so when the directory is no tree, or not there', () => {
    rmSync(join(tree, 'usr'), { recursive: true })
    expectError('error usr: there is no such directory; DIR is the tree that goes to /ww')
    expect(typeCommand(['check', '/no/such'])).to.deep.equal({
      status: 2,
      stdout: '',
      stderr: 'ww: cannot check /no/such: there is no such directory\n',
    })
  })
})
