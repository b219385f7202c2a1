import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { saveConfiguration } from '../../ww/config/save.ts'
import { settingsWith } from '../helpers/fake-world.ts'
import { hasShell, shells } from '../helpers/shells.ts'

const ww = resolve(import.meta.dirname, '../../ww/sh/ww')
const esc = '\u001b'

for (const [shell, words] of Object.entries(shells)) {
  describe(`ww in ${shell}`, () => {
    let run = ''
    /** Stands for the instance's process. */
    let instance: ChildProcess
    before(function () {
      if (!hasShell(words)) this.skip()
    })
    beforeEach(() => {
      run = mkdtempSync(join(tmpdir(), 'ww-sh-'))
      instance = spawn('sleep', ['600'], { stdio: 'ignore' })
    })
    afterEach(() => {
      instance.kill('SIGKILL')
      rmSync(run, { recursive: true })
    })

    const environment = () => ({ PATH: process.env.PATH, WW_RUN: run, TERM: 'xterm', TZ: 'UTC' })
    const ask = (...args: string[]) => {
      const [program = '', ...rest] = words
      const { status, stdout, stderr } = spawnSync(program, [...rest, ww, ...args], {
        env: environment(),
        encoding: 'utf8',
      })
      return { status, stdout, stderr }
    }
    const start = (...args: string[]) => {
      const [program = '', ...rest] = words
      const child = spawn(program, [...rest, ww, ...args], { env: environment() })
      let stderr = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      const ended = new Promise((done) => child.once('close', (status) => done({ status, stderr })))
      return { child, ended }
    }
    /** Writes what an instance in a state writes. */
    const be = (state: string, more: Record<string, string | number> = {}) => {
      const now = Math.floor(Date.now() / 1000)
      const values = {
        state,
        previous: 'WARMUP',
        since: now - 3 * 3600 - 12 * 60,
        reason: `it's "ready" * $HOME`,
        attempt: 0,
        restarts: 2,
        booted_at: now - 4 * 86400,
        pid: instance.pid ?? 0,
        boot_id: 'boot-1',
        app: 'shop',
        instance: 'web-1',
        version: '1.4',
        monitor_ok: 1,
        monitor_at: now - 10,
        monitor_next: now + 100,
        monitor_output: '{"a": 1,\n "b": "*"}\n',
        ...more,
      }
      const lines = Object.entries(values).map(
        ([name, value]) => `ww_${name}='${String(value).replaceAll("'", "'\\''")}'\n`,
      )
      writeFileSync(`${run}/status.new`, lines.join(''))
      renameSync(`${run}/status.new`, `${run}/status.sh`)
      writeFileSync(`${run}/status.json`, `${JSON.stringify({ state })}\n`)
    }
    /** Ends the instance's process and waits until it is gone. */
    const die = async () => {
      const gone = new Promise((done) => instance.once('exit', done))
      instance.kill('SIGKILL')
      await gone
    }

    describe('health', () => {
      it('exits 0 in UP', () => {
        be('UP')
        expect(ask('health')).to.deep.equal({ status: 0, stdout: 'UP\n', stderr: '' })
      })

      for (const state of ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'RESTARTING', 'STOPPED', 'ERROR']) {
        it(`exits 1 in ${state} and tells why`, () => {
          be(state, { reason: 'so it is' })
          expect(ask('health')).to.deep.equal({ status: 1, stdout: `${state}: so it is\n`, stderr: '' })
        })
      }

      it('exits 1 before the first boot', () => {
        expect(ask('health')).to.include({ status: 1, stderr: '' })
      })

      it('exits 1 when the instance died in UP', async () => {
        be('UP')
        await die()
        expect(ask('health')).to.include({ status: 1 })
        expect(ask('health').stdout).to.match(/^the instance died in UP: process \d+ is gone\n$/)
      })

      it('has a --help, and no other argument', () => {
        expect(ask('health', '--help').stdout).to.contain('HEALTHCHECK')
        expect(ask('health', '--fast').status).to.equal(2)
      })
    })

    describe('status', () => {
      it('is plain lines of key and value when piped', () => {
        be('UP')
        const { status, stdout, stderr } = ask('status')
        expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
        expect(stdout).to.not.contain(esc)
        const lines = stdout.trimEnd().split('\n')
        expect(lines.map((line) => line.split(': ')[0])).to.deep.equal([
          ...['state', 'since', 'reason', 'previous', 'attempt', 'restarts', 'booted_at', 'app', 'instance'],
          ...['version', 'pid', 'boot_id', 'monitor', 'monitor_at', 'monitor_next', 'monitor_output'],
        ])
        expect(lines).to.include.members([
          'state: UP',
          `reason: it's "ready" * $HOME`,
          'restarts: 2',
          'monitor: healthy',
          'monitor_output: {"a": 1,  "b": "*"}',
        ])
      })

      it('exits 0 also in ERROR, for it could tell', () => {
        be('ERROR')
        expect(ask('status').status).to.equal(0)
      })

      it('prints the status as JSON', () => {
        be('UP')
        expect(ask('status', '--json')).to.deep.equal({ status: 0, stdout: '{"state":"UP"}\n', stderr: '' })
      })

      it('says so before the first boot', () => {
        const { status, stderr } = ask('status')
        expect(status).to.equal(1)
        expect(stderr).to.equal(`ww status: no instance has booted: there is no ${run}/status.sh\n`)
      })

      it('says so when the instance died, and shows what it was', async () => {
        be('RESTARTING')
        await die()
        const { status, stdout, stderr } = ask('status')
        expect(status).to.equal(1)
        expect(stdout).to.contain('state: RESTARTING\n')
        expect(stderr).to.contain('the instance died in RESTARTING')
      })

      it('tells what is wrong with an option', () => {
        expect(ask('status', '--jsn')).to.deep.equal({
          status: 2,
          stdout: '',
          stderr: 'ww status: there is no option --jsn; see ww status --help\n',
        })
      })

      describe('on a terminal', () => {
        const look = (env: NodeJS.ProcessEnv = {}) =>
          spawnSync('script', ['-qec', `${words.join(' ')} ${ww} status`, '/dev/null'], {
            env: { ...environment(), ...env },
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'pipe'],
          }).stdout.replaceAll('\r', '')
        before(function () {
          if (spawnSync('script', ['--version']).status !== 0) this.skip()
        })

        it('says since when in words, and when the monitor comes next', () => {
          be('UP')
          const shown = look({ NO_COLOR: '1' })
          expect(shown).to.match(/^UP for 3 h 12 min\n/)
          expect(shown).to.match(/boot +4 d 0 h ago, 2 restarts\n/)
          expect(shown).to.match(/monitor +healthy 1\d s ago, next in 1 min \d+ s\n/)
          expect(shown).to.match(/stats +\{"a": 1, {2}"b": "\*"\}\n/)
          expect(shown).to.not.contain(esc)
        })

        it('is coloured by state unless NO_COLOR is set', () => {
          be('UP')
          expect(look()).to.contain(`${esc}[32mUP${esc}[0m for`)
          be('ERROR')
          expect(look()).to.contain(`${esc}[31mERROR`)
        })
      })
    })

    describe('wait', () => {
      it('returns at once in the state', () => {
        be('UP')
        expect(ask('wait', 'UP')).to.deep.equal({ status: 0, stdout: '', stderr: '' })
        expect(ask('wait', 'ERROR', 'UP').status).to.equal(0)
      })

      it('waits for the boot and for the state', async () => {
        const { ended } = start('wait', 'UP')
        be('BOOT')
        setTimeout(() => be('UP'), 200)
        expect(await ended).to.deep.equal({ status: 0, stderr: '' })
      })

      it('tells at the timeout what it saw', () => {
        be('WARMUP', { reason: 'upgrade done' })
        expect(ask('wait', 'UP', 'STOPPED', '--timeout', '100ms')).to.deep.equal({
          status: 1,
          stdout: '',
          stderr: 'ww wait: not UP STOPPED after 100ms: it is WARMUP: upgrade done\n',
        })
        rmSync(`${run}/status.sh`)
        expect(ask('wait', 'UP', '--timeout=0s').stderr).to.equal(
          'ww wait: not UP after 0s: no instance has booted\n',
        )
      })

      it('gives up when the instance ends in another state', async () => {
        be('WARMUP')
        const { ended } = start('wait', 'UP')
        setTimeout(() => be('ERROR', { reason: 'warmup failed: exit code 3' }), 200)
        expect(await ended).to.deep.equal({
          status: 1,
          stderr: 'ww wait: the instance ended in ERROR: warmup failed: exit code 3\n',
        })
      })

      it('gives up when the instance dies', async () => {
        be('WARMUP')
        const { ended } = start('wait', 'UP')
        setTimeout(() => void die(), 200)
        expect(await ended).to.deep.equal({
          status: 1,
          stderr: `ww wait: the instance died in WARMUP: process ${instance.pid} is gone\n`,
        })
      })

      it('does not take the end of the boot before for that of the coming one', async () => {
        const { pid } = instance
        be('STOPPED', { pid: 2 ** 22 + 1, boot_id: 'boot-0' })
        const { ended } = start('wait', 'UP')
        setTimeout(() => be('UP', { pid: pid ?? 0 }), 300)
        expect(await ended).to.deep.equal({ status: 0, stderr: '' })
      })

      it('gives up when no new boot follows one that has ended', () => {
        be('ERROR', { pid: 2 ** 22 + 1, reason: 'boot failed: exit code 1' })
        expect(ask('wait', 'UP')).to.include({
          status: 1,
          stderr: 'ww wait: the instance ended in ERROR: boot failed: exit code 1\n',
        })
      })

      for (const [args, sentence] of [
        [[], 'for which state?'],
        [['up'], 'there is no state up; there are BOOT'],
        [['UP', '--timeout'], '--timeout needs a duration'],
        [['UP', '--timeout', 'soon'], 'must be a whole number and a unit'],
        [['UP', '--timeout', '10'], 'must have the unit'],
      ] as const) {
        it(`is clear about wrong usage: wait ${args.join(' ')}`, () => {
          const { status, stderr } = ask('wait', ...args)
          expect(status).to.equal(2)
          expect(stderr).to.contain(sentence)
        })
      }
    })

    it('answers cfg, with exit 1 for a missing key', () => {
      const directories = { home: run, hooks: '', data: '', backup: '', run }
      saveConfiguration({ config: { memory: 400 }, settings: settingsWith() }, directories)
      expect(ask('cfg', 'memory')).to.deep.equal({ status: 0, stdout: '400\n', stderr: '' })
      expect(ask('cfg', 'memry')).to.deep.equal({ status: 1, stdout: '', stderr: '' })
    })

    it('finds its program through a link in PATH, from anywhere', () => {
      symlinkSync(ww, `${run}/ww`)
      be('UP')
      const env = { ...environment(), PATH: `${run}:${process.env.PATH}` }
      const { stdout } = spawnSync('ww', ['status'], { env, encoding: 'utf8', cwd: '/' })
      expect(stdout).to.contain('state: UP\n')
    })

    describe('as installed', () => {
      /** Lays out an installed tree whose runtime only tells how it was called. */
      const install = () => {
        const home = `${run}/home`
        mkdirSync(`${home}/sh`, { recursive: true })
        for (const name of ['ww', 'cfg']) copyFileSync(resolve(ww, '..', name), `${home}/${name}`)
        for (const name of ['status', 'wait']) copyFileSync(resolve(ww, '..', name), `${home}/sh/${name}`)
        writeFileSync(`${home}/node`, '#!/bin/sh\necho node "$@"\n', { mode: 0o755 })
        writeFileSync(`${home}/run`, '#!/bin/sh\necho run "$@"\n', { mode: 0o755 })
        writeFileSync(`${home}/run.cjs`, '')
        return home
      }
      const askInstalled = (home: string, ...args: string[]) => {
        const [program = '', ...rest] = words
        return spawnSync(program, [...rest, `${home}/ww`, ...args], { env: environment(), encoding: 'utf8' })
          .stdout
      }

      it('starts the runtime for every other verb, and run through its own script', () => {
        const home = install()
        expect(askInstalled(home, 'events', '-f')).to.equal(`node ${home}/run.cjs events -f\n`)
        expect(askInstalled(home, 'cfg', '--why', 'a')).to.equal(`node ${home}/run.cjs cfg --why a\n`)
        expect(askInstalled(home, 'run')).to.equal('run\n')
        expect(askInstalled(home)).to.equal(`node ${home}/run.cjs\n`)
      })

      it('never starts the runtime for status, wait, health and cfg', () => {
        const home = install()
        be('UP')
        expect(askInstalled(home, 'status')).to.match(/^state: UP\n/)
        expect(askInstalled(home, 'wait', 'UP')).to.equal('')
        expect(askInstalled(home, 'health')).to.equal('UP\n')
        expect(askInstalled(home, 'cfg', '--help')).to.match(/^Usage: ww cfg/)
      })
    })
  })
}
