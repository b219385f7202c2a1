import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { shellVerbs, verbs } from '../../ww/commands.ts'
import { hasShell, shells } from '../helpers/shells.ts'

const source = resolve(import.meta.dirname, '../../ww/sh')

for (const [shell, words] of Object.entries(shells)) {
  describe(`the ENTRYPOINT in ${shell}`, () => {
    let home = ''
    before(function () {
      if (!hasShell(words)) this.skip()
    })
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'ww-entry-'))
      mkdirSync(`${home}/sh`)
      for (const name of ['run', 'ww', 'cfg']) copyFileSync(`${source}/${name}`, `${home}/${name}`)
      for (const name of ['look', 'health', 'start', 'status', 'wait'])
        copyFileSync(`${source}/${name}`, `${home}/sh/${name}`)
      script('whaleware', 'echo whaleware "$@"')
      // as tini: what comes after -- is what it runs
      script('tini', 'echo tini "$@" >&2; while [ "$1" != -- ]; do shift; done; shift; exec "$@"')
    })
    afterEach(() => rmSync(home, { recursive: true }))
    const script = (name: string, text: string) =>
      writeFileSync(`${home}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 })
    const run = (...args: string[]) => runWith({}, ...args)
    const runWith = (variables: NodeJS.ProcessEnv, ...args: string[]) => {
      const [program = '', ...rest] = words
      const { status, stdout, stderr } = spawnSync(program, [...rest, `${home}/run`, ...args], {
        env: { PATH: process.env.PATH, WW_RUN: `${home}/none`, ...variables },
        encoding: 'utf8',
      })
      return { status, stdout, stderr: stderr.replace(/^tini .*\n/, '') }
    }

    for (const args of [[], ['run'], ['ww', 'run']]) {
      it(`runs the instance: ${args.join(' ') || 'no arguments'}`, () => {
        expect(run(...args)).to.deep.equal({
          status: 0,
          stdout: 'whaleware run\n',
          stderr: '',
        })
      })
    }

    for (const [args, given] of [
      [['ww', 'events', '-f'], 'events -f'],
      [['events', '-f'], 'events -f'],
      [['--version'], '--version'],
      [['-h'], '-h'],
      [['help', 'restart'], 'restart --help'],
      [['ww', 'nonsense'], 'nonsense'],
    ] as const) {
      it(`runs a verb of ww: ${args.join(' ')}`, () => {
        expect(run(...args)).to.deep.equal({
          status: 0,
          stdout: `whaleware ${given}\n`,
          stderr: '',
        })
      })
    }

    it('runs every verb of ww', () => {
      script('ww', 'echo ww "$@"')
      const others = [...Object.keys(shellVerbs), ...Object.keys(verbs)].filter((verb) => verb !== 'run')
      for (const verb of others) expect(run(verb, 'a b').stdout).to.equal(`ww ${verb} a b\n`)
    })

    it('sets the options that the app has for Node.js aside, for its own runtime alone', () => {
      script('whaleware', 'echo "${NODE_OPTIONS-none} $WW_ASIDE_NODE_OPTIONS"')
      const env = { NODE_OPTIONS: '--require  /app/x.js' }
      expect(runWith(env, 'run').stdout).to.equal('none --require  /app/x.js\n')
      expect(runWith(env, 'events').stdout).to.equal('none --require  /app/x.js\n')
      expect(runWith(env, 'sh', '-c', 'echo "$NODE_OPTIONS"').stdout).to.equal('--require  /app/x.js\n')
    })

    it('runs any other command as it is, with its exit code', () => {
      expect(run('sh', '-c', 'echo "$1"; exit 7', '-', 'a  b')).to.deep.equal({
        status: 7,
        stdout: 'a  b\n',
        stderr: '',
      })
      expect(run('/bin/echo', '--version', 'x').stdout).to.contain('x')
    })

    for (const command of ['no-such-command', '/no/such']) {
      it(`is one line, with 127, for a command that does not exist: ${command}`, () => {
        expect(run(command, 'x')).to.deep.equal({
          status: 127,
          stdout: '',
          stderr: `ww: cannot run ${command}: no such command, and no verb of ww; docker run IMAGE ww --help lists the verbs\n`,
        })
      })
    }

    it('exits with 0 when a stop signal comes before the runtime handles signals', function () {
      if (!existsSync('/usr/bin/tini-static')) this.skip()
      copyFileSync('/usr/bin/tini-static', `${home}/tini`)
      for (const signal of ['TERM', 'INT', 'QUIT']) {
        script('whaleware', `ulimit -c 0; kill -${signal} $$; sleep 10`)
        expect(run(), signal).to.include({ status: 0 })
        expect(run('sh', '-c', `ulimit -c 0; kill -${signal} $$`).status, signal).to.be.greaterThan(128)
      }
      script('whaleware', 'exit 78')
      expect(run()).to.include({ status: 78 })
    })

    it('loads nothing before tini', () => {
      expect(readFileSync(`${source}/run`, 'utf8')).to.match(/^#!\/bin\/sh\n/)
      script('tini', 'echo first "$@"')
      expect(run().stdout).to.match(/^first -s -e 143 -e 130 -e 131 -- /)
    })
  })
}
