import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { saveConfiguration } from '../../ww/config/save.ts'
import { identifyProcess, type ProcessIdentity } from '../../ww/instance/process-identity.ts'
import type { InstanceStatus } from '../../ww/instance/status.ts'
import { renderStatusFile } from '../../ww/instance/status-text.ts'
import { settingsWith } from '../helpers/fake-world.ts'
import { hasShell, shells } from '../helpers/shells.ts'
import { until } from '../helpers/until.ts'

const ww = resolve(import.meta.dirname, '../../ww/sh/ww')
const esc = '\u001b'

const base = {
  app: 'shop',
  version: '1.4',
  instance: 'web-1',
  bootId: 'boot-1',
  crash: null,
  previous: 'WARMUP',
  reason: `it's "ready" * $HOME \\n`,
  attempt: 0,
  restarts: 2,
} as const
const monitorOf = { ok: true, output: '{"a": 1,\n "b": "*"}\n' }

/** The chart may not know every state that can be visible. */
const stateOf = (state: string): InstanceStatus['state'] => state as InstanceStatus['state']

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
      return { child, ended, errors: () => stderr }
    }
    /** Writes the status of an instance in a state. */
    const be = (
      state: string,
      more: Partial<InstanceStatus> = {},
      identity: Partial<ProcessIdentity> = {},
    ) => {
      const now = Date.now()
      const status = {
        ...base,
        since: now - (3 * 3600 + 12 * 60) * 1000,
        bootedAt: now - 4 * 86_400_000,
        pid: instance.pid ?? 0,
        ready: state === 'UP',
        ...more,
        state: stateOf(state),
      }
      const monitor = { ...monitorOf, at: now - 10_000, nextAt: now + 100_000 }
      const content = renderStatusFile(
        { monitor, services: [], schedules: [], doing: null, failures: [], ...status },
        { ...identifyProcess(instance.pid ?? 0), ...identity },
      )
      writeFileSync(`${run}/status.new`, content, { mode: 0o600 })
      renameSync(`${run}/status.new`, `${run}/status`)
    }
    /** Ends the instance's process and waits until it is gone. */
    const die = async () => {
      const gone = new Promise((done) => instance.once('exit', done))
      instance.kill('SIGKILL')
      await gone
    }

    describe('health', () => {
      it('exits 0 when the instance is ready', () => {
        be('UP')
        expect(ask('health')).to.deep.equal({ status: 0, stdout: 'UP\n', stderr: '' })
      })

      for (const state of [
        'BOOT',
        'WARMUP',
        'RESTARTING',
        'STOPPING',
        'FAILING',
        'STOPPED',
        'ERROR',
        'HELD',
      ]) {
        it(`exits 1 in ${state} and prints why`, () => {
          be(state, { reason: 'serve exited with code 1' })
          const stdout = `not ready: ${state}: serve exited with code 1\n`
          expect(ask('health')).to.deep.equal({ status: 1, stdout, stderr: '' })
        })
      }

      it('exits 1 in an UP that is no longer ready', () => {
        be('UP', { ready: false })
        expect(ask('health')).to.include({ status: 1, stdout: `not ready: UP: ${base.reason}\n` })
      })

      it('exits 1 before the first boot', () => {
        expect(ask('health')).to.deep.equal({
          status: 1,
          stdout: `not ready: no instance has booted: there is no ${run}/status\n`,
          stderr: '',
        })
      })

      it('exits 1 when the process of the instance vanished', async () => {
        be('UP')
        await die()
        expect(ask('health')).to.deep.equal({
          status: 1,
          stdout: `not ready: DEAD: process ${instance.pid} vanished in UP\n`,
          stderr: '',
        })
      })

      it('does not believe a status whose pid is another process by now', () => {
        be('UP', {}, { started: '1' })
        expect(ask('health')).to.include({ status: 1 })
        expect(ask('health').stdout).to.match(/^not ready: DEAD: /)
      })

      for (const identity of [{ kernel: 'another-boot' }, { init: '1', started: '1' }]) {
        it(`does not believe a status of an earlier run of the container: ${Object.keys(identity)[0]}`, () => {
          be('UP', {}, identity)
          expect(ask('health')).to.include({
            status: 1,
            stdout: `not ready: no instance has booted: ${run}/status is of an earlier boot\n`,
          })
        })
      }

      it('never runs what a status contains', () => {
        const evil = `$(touch ${run}/owned)\`touch ${run}/owned\``
        be('UP', { reason: evil, app: evil, instance: evil })
        for (const verb of [['health'], ['status'], ['status', '--json'], ['status', '--color=always']])
          ask(...verb)
        writeFileSync(
          `${run}/status`,
          `process 1 a[$(touch ${run}/owned)] k i\nstate UP 1 a[$(touch ${run}/owned)]\nreason\n`,
        )
        for (const verb of [['health'], ['status'], ['status', '--json'], ['status', '--color=always']]) {
          expect(ask(...verb).status, verb.join(' ')).to.equal(1)
        }
        expect(existsSync(`${run}/owned`)).to.equal(false)
      })

      it('has a --help, and no argument', () => {
        expect(ask('health', '--help').stdout).to.contain('HEALTHCHECK')
        expect(ask('help', 'health').stdout).to.contain('HEALTHCHECK')
        expect(ask('health', '--fast').status).to.equal(2)
      })
    })

    describe('the run directory', () => {
      before(function () {
        if (process.getuid?.() !== 0) this.skip()
      })
      const asUser = (user: number, ...args: string[]) => {
        const [program = '', ...rest] = words
        const { status, stdout, stderr } = spawnSync(program, [...rest, ww, ...args], {
          env: environment(),
          encoding: 'utf8',
          uid: user,
          gid: user,
        })
        return { status, stdout, stderr }
      }
      const own = (user: number, ...names: string[]) => {
        for (const name of names) chownSync(`${run}/${name}`, user, user)
      }
      /** Moves the status into the private directory of a user. */
      const moveTo = (user: number) => {
        mkdirSync(`${run}/uid-${user}`, { mode: 0o700 })
        renameSync(`${run}/status`, `${run}/uid-${user}/status`)
        own(user, `uid-${user}`, `uid-${user}/status`)
        chmodSync(run, 0o1777)
      }

      it('is the private one of the user in a shared directory', () => {
        be('UP')
        moveTo(65534)
        expect(asUser(65534, 'health')).to.deep.equal({ status: 0, stdout: 'UP\n', stderr: '' })
      })

      it('is found by root when it is another user’s', () => {
        be('UP')
        moveTo(65534)
        expect(ask('health')).to.deep.equal({ status: 0, stdout: 'UP\n', stderr: '' })
        expect(ask('status').stdout).to.match(/^state: UP\n/)
      })

      it('is not permitted to another user', () => {
        be('UP')
        moveTo(0)
        const reason =
          'not permitted: the instance runs as user 0, you are user 65534; use docker exec --user 0'
        expect(asUser(65534, 'status')).to.deep.equal({
          status: 1,
          stdout: '',
          stderr: `ww status: ${reason}\n`,
        })
        expect(asUser(65534, 'health').stdout).to.equal(`not ready: ${reason}\n`)
        expect(asUser(65534, 'wait', 'UP')).to.include({ status: 1, stderr: `ww wait: ${reason}\n` })
        expect(asUser(65534, 'cfg', 'a')).to.include({ status: 1, stderr: `ww cfg: ${reason}\n` })
      })

      it('of a private WW_RUN is not permitted to another user either', () => {
        be('UP')
        chmodSync(run, 0o700)
        expect(asUser(65534, 'status').stderr).to.contain('not permitted: the instance runs as user 0')
      })

      it('is never one that another user planted for root', () => {
        be('UP')
        mkdirSync(`${run}/uid-0`)
        renameSync(`${run}/status`, `${run}/uid-0/status`)
        writeFileSync(`${run}/uid-0/cfg-lookup`, `touch ${run}/owned\n`)
        own(65534, 'uid-0', 'uid-0/status', 'uid-0/cfg-lookup')
        expect(ask('cfg', 'a').status).to.equal(1)
        expect(ask('cfg', 'a').stderr).to.contain(
          'not permitted: the instance runs as user 65534, you are user 0',
        )
        expect(existsSync(`${run}/owned`)).to.equal(false)
      })

      it('has no files that are links, which another user may have made', () => {
        mkdirSync(`${run}/elsewhere`)
        be('UP')
        renameSync(`${run}/status`, `${run}/elsewhere/status`)
        writeFileSync(`${run}/elsewhere/script`, `touch ${run}/owned\n`)
        symlinkSync(`${run}/elsewhere/status`, `${run}/status`)
        symlinkSync(`${run}/elsewhere/script`, `${run}/cfg-lookup`)
        expect(ask('health').status).to.equal(1)
        expect(ask('cfg', 'a').status).to.equal(1)
        expect(existsSync(`${run}/owned`)).to.equal(false)
      })

      it('is never reached through a link of another user', () => {
        be('UP')
        mkdirSync(`${run}/real`)
        renameSync(`${run}/status`, `${run}/real/status`)
        symlinkSync(`${run}/real`, `${run}/uid-0`)
        expect(ask('health').stdout).to.equal(
          `not ready: no instance has booted: there is no ${run}/status\n`,
        )
      })
    })

    describe('status', () => {
      it('is the flattened JSON as key: value lines when piped', () => {
        be('UP')
        const { status, stdout, stderr } = ask('status')
        expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
        expect(stdout).to.not.contain(esc)
        const lines = stdout.trimEnd().split('\n')
        expect(lines.map((line) => line.split(': ')[0])).to.deep.equal([
          ...['state', 'ready', 'since', 'previous', 'reason', 'attempt', 'restarts', 'app', 'version'],
          ...['instance', 'bootId', 'pid', 'bootedAt', 'crash'],
          ...['monitor.ok', 'monitor.at', 'monitor.nextAt', 'monitor.output'],
        ])
        expect(lines).to.include.members([
          'state: UP',
          'ready: true',
          `reason: ${base.reason}`,
          'restarts: 2',
          'monitor.ok: true',
          'monitor.output: {"a": 1,  "b": "*"}',
        ])
        expect(stdout).to.match(/^since: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/m)
      })

      it('shows services, trouble first, and schedules: to people, to scripts and to programs', () => {
        const now = Date.now()
        const service = {
          state: 'ready',
          ...{ since: now - 11_520_000, pid: 214, restarts: 1, exitCode: null },
          ...{ signal: null, reason: '', nextStartAt: null, essential: true },
        } as const
        const failed = { state: 'failed', since: now - 4000, pid: null, restarts: 4 } as const
        const services = [
          { ...service, name: 'serve' },
          { ...service, ...failed, name: 'serve-exporter', exitCode: 1, reason: 'exited with\tcode 1' },
        ]
        const at = Date.parse('2026-11-26T02:00:00Z')
        const last = { at, ms: 41_000, ok: true, reason: 'succeeded' }
        const schedules = [{ hook: 'backup', nextAt: at + 86_400_000, last }]
        be('UP', { services, schedules })
        const table = stripVTControlCharacters(ask('status', '--color=always').stdout)
          .trimEnd()
          .split('\n')
          .slice(-5)
        expect(stripVTControlCharacters(ask('status', '--color=always').stdout)).to.contain(
          '\n  trouble   serve-exporter failed; see ww why\n',
        )
        expect(table.map((line) => line.replace(/\b[45] s {2}/, '4 s  '))).to.deep.equal([
          'SERVICE         STATE   FOR         PID  RESTARTS  REASON',
          'serve-exporter  failed  4 s           -         4  exited with code 1',
          'serve           ready   3 h 12 min  214         1',
          'SCHEDULE  NEXT              LAST              RESULT',
          'backup    2026-11-27 02:00  2026-11-26 02:00  succeeded in 41 s',
        ])
        const time = (ms: number) => new Date(ms).toISOString()
        expect(ask('status').stdout.trimEnd().split('\n').slice(-3)).to.deep.equal([
          `service: serve-exporter\tfailed\t${time(failed.since)}\t\t4\texited with code 1`,
          `service: serve\tready\t${time(service.since)}\t214\t1\t`,
          'schedule: backup\tsucceeded\t2026-11-26T02:00:00.000Z\t41000\t2026-11-27T02:00:00.000Z',
        ])
        const json = JSON.parse(ask('status', '--json').stdout)
        expect(json.services[0]).to.include({ name: 'serve-exporter', exitCode: 1, restarts: 4, pid: null })
        expect(json.schedules[0]).to.include({ hook: 'backup', lastMs: 41_000, ok: true })
      })

      it('exits 0 also in ERROR', () => {
        be('ERROR')
        expect(ask('status').status).to.equal(0)
      })

      it('prints one line of JSON', () => {
        be('UP')
        const { status, stdout, stderr } = ask('status', '--json')
        expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
        expect(stdout.split('\n')).to.have.length(2)
        const json = JSON.parse(stdout)
        expect(Object.keys(json)).to.deep.equal([
          ...['app', 'version', 'instance', 'bootId', 'pid', 'bootedAt', 'crash', 'state', 'ready', 'since'],
          ...['previous', 'reason', 'attempt', 'restarts', 'monitor', 'services', 'schedules', 'why'],
        ])
        expect(json).to.include({ state: 'UP', ready: true, reason: base.reason, crash: null })
        expect(json.monitor.output).to.equal(monitorOf.output)
      })

      it('is for root or the user before the first boot: one line, exit 1', () => {
        expect(ask('status')).to.deep.equal({
          status: 1,
          stdout: '',
          stderr: `ww status: no instance has booted: there is no ${run}/status\n`,
        })
        rmSync(run, { recursive: true })
        expect(ask('status').stderr).to.equal(
          `ww status: no instance has booted: ${run} does not exist; from outside: docker exec CONTAINER ww status\n`,
        )
        mkdirSync(run)
      })

      it('is DEAD, with exit 1, when the process vanished', async () => {
        be('RESTARTING', { reason: 'a "quoted" / reason & more' })
        await die()
        const reason = `process ${instance.pid} vanished in RESTARTING`
        const plain = ask('status')
        expect(plain.status).to.equal(1)
        expect(plain.stdout).to.match(/^state: DEAD\nready: false\nsince: \nprevious: RESTARTING\n/)
        expect(plain.stdout).to.contain(`\nreason: ${reason}\nattempt: 0\n`)
        const json = ask('status', '--json')
        expect(json.status).to.equal(1)
        expect(JSON.parse(json.stdout)).to.include({
          ...{ state: 'DEAD', ready: false, since: null, previous: 'RESTARTING', reason, app: 'shop' },
        })
      })

      for (const [args, sentence] of [
        [['--jsn'], 'ww status: no option "--jsn"; ww status --help lists them\n'],
        [['--color', 'red'], 'ww status: --color: "red" is not one of auto, always and never\n'],
        [['--color'], 'ww status: --color: no value; write auto, always or never\n'],
        [['web-1'], 'ww status: no argument "web-1"; ww status --help\n'],
      ] as const) {
        it(`is clear about wrong usage: status ${args.join(' ')}`, () => {
          expect(ask('status', ...args)).to.deep.equal({ status: 2, stdout: '', stderr: sentence })
        })
      }

      describe('on a terminal', () => {
        const look = (env: NodeJS.ProcessEnv = {}, ...args: string[]) =>
          spawnSync('script', ['-qec', `${words.join(' ')} ${ww} status ${args.join(' ')}`, '/dev/null'], {
            env: { ...environment(), ...env },
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'pipe'],
          }).stdout.replaceAll('\r', '')
        before(function () {
          if (spawnSync('script', ['--version']).status !== 0) this.skip()
        })

        it('is a table for people', () => {
          be('UP')
          const shown = look({ NO_COLOR: '1' })
          const times = shown.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
          expect(times.replaceAll(/1\d s ago|1 min \d+ s$/gm, '12 s')).to.equal(
            [
              'UP for 3 h 12 min, ready: shop 1.4 on web-1',
              `  reason    ${base.reason}`,
              '  boot      TIME (4 d 0 h ago), 2 restarts',
              '  monitor   healthy 12 s, next in 12 s',
              '  stats     {"a": 1,  "b": "*"}',
              '',
            ].join('\n'),
          )
        })

        it('shows the crash of the previous boot, and a failed monitor', () => {
          const crash = { bootId: 'a', state: 'UP', since: '', oomKilled: true }
          const monitor = { ok: false, at: Date.now(), nextAt: Date.now(), output: 'no answer' }
          be('WARMUP', { crash, monitor, restarts: 1 })
          const shown = look({ NO_COLOR: '1' })
          expect(shown).to.match(/^WARMUP for .*, not ready: shop 1.4 on web-1\n/)
          expect(shown).to.contain('\n  trouble   the previous boot crashed in UP: out of memory\n')
          expect(shown).to.contain(' ago), 1 restart\n')
          expect(shown).to.match(/\n {2}monitor {3}failed \d+ s ago\n {2}output {4}no answer\n$/)
        })

        it('is DEAD when the process vanished', async () => {
          be('UP')
          await die()
          const shown = look({ NO_COLOR: '1' })
          expect(shown).to.match(/^DEAD, not ready: shop 1.4 on web-1\n/)
          expect(shown).to.contain(`reason    process ${instance.pid} vanished in UP\n`)
        })

        it('is coloured by state, unless NO_COLOR, TERM or --color forbid it', () => {
          be('UP')
          expect(look()).to.match(new RegExp(`^${esc}\\[1m${esc}\\[32mUP${esc}\\[0m for`))
          for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { TERM: '' }])
            expect(look(env), JSON.stringify(env)).to.not.contain(esc)
          expect(look({}, '--color=never')).to.not.contain(esc)
          expect(look({ NO_COLOR: '' })).to.contain(esc)
          expect(ask('status', '--color=always').stdout).to.contain(`${esc}[32mUP`)
          be('ERROR')
          expect(look()).to.contain(`${esc}[31mERROR`)
        })
      })
    })

    describe('wait', () => {
      it('returns immediately in the state', () => {
        be('UP')
        expect(ask('wait', 'UP')).to.deep.equal({ status: 0, stdout: '', stderr: '' })
        expect(ask('wait', 'ERROR', 'UP').status).to.equal(0)
      })

      it('waits for the boot and for the state', async () => {
        const { ended } = start('wait', 'UP', '-q')
        be('BOOT')
        setTimeout(() => be('UP'), 200)
        expect(await ended).to.deep.equal({ status: 0, stderr: '' })
      })

      it('waits until UP is ready', () => {
        be('UP', { ready: false })
        expect(ask('wait', 'UP', '--timeout', '100ms').status).to.equal(1)
      })

      it('prints at the timeout what it waited for and what there is', () => {
        be('WARMUP', { reason: 'upgrade succeeded' })
        expect(ask('wait', 'UP', 'STOPPED', '--timeout', '100ms')).to.deep.equal({
          status: 1,
          stdout: '',
          stderr: 'ww wait: not UP or STOPPED after 100ms: WARMUP: upgrade succeeded\n',
        })
        rmSync(`${run}/status`)
        expect(ask('wait', 'UP', '--timeout=0s').stderr).to.equal(
          `ww wait: not UP after 0s: no instance has booted: there is no ${run}/status\n`,
        )
      })

      it('reports within a second what it waits for, unless it is quiet', async () => {
        be('WARMUP', { reason: 'upgrade succeeded' })
        const waiting = start('wait', 'UP', '--timeout', '30s')
        const quiet = start('wait', 'UP', '-q')
        await until(() => waiting.errors() !== '', 'it reports')
        expect(waiting.errors()).to.match(
          /^ww wait: waiting for UP: WARMUP: upgrade succeeded \(for \d+ s, limit 30s\)\n/,
        )
        be('UP')
        expect(await waiting.ended).to.include({ status: 0 })
        expect(await quiet.ended).to.deep.equal({ status: 0, stderr: '' })
      })

      it('ends when the instance ends in another state', async () => {
        be('WARMUP')
        const { ended } = start('wait', 'UP', '-q')
        setTimeout(() => be('ERROR', { reason: 'warmup exited with code 3' }), 200)
        expect(await ended).to.deep.equal({
          status: 1,
          stderr: 'ww wait: the instance ended in ERROR: warmup exited with code 3\n',
        })
      })

      it('ends when the instance is held', () => {
        be('HELD', { reason: 'boot exited with code 1' })
        expect(ask('wait', 'HELD').status).to.equal(0)
        expect(ask('wait', 'UP').stderr).to.equal('ww wait: the instance is held: boot exited with code 1\n')
      })

      it('ends when the process vanishes', async () => {
        be('WARMUP')
        const { ended } = start('wait', 'UP', '-q')
        setTimeout(() => void die(), 200)
        expect(await ended).to.deep.equal({
          status: 1,
          stderr: `ww wait: DEAD: process ${instance.pid} vanished in WARMUP\n`,
        })
      })

      it('succeeds for a stop that has finished', async () => {
        be('STOPPED')
        await die()
        expect(ask('wait', 'STOPPED').status).to.equal(0)
      })

      it('does not take the end of the previous boot for that of the coming one', async () => {
        be('STOPPED', {}, { pid: 2 ** 22 + 1 })
        const { ended } = start('wait', 'UP', '-q')
        setTimeout(() => be('UP'), 300)
        expect(await ended).to.deep.equal({ status: 0, stderr: '' })
      })

      for (const state of ['UP', 'STOPPED', 'ERROR']) {
        it(`waits for the boot of a container that ran before, and ended in ${state}`, async () => {
          be(state, {}, { started: '1', init: '1' })
          const { ended, child } = start('wait', state, '-q')
          // longer than an end that may be followed by a boot is waited for
          await delay(2500)
          expect(child.exitCode).to.equal(null)
          be(state)
          expect(await ended).to.deep.equal({ status: 0, stderr: '' })
        })
      }

      it('ends when no new boot follows one that has ended', () => {
        be('ERROR', { reason: 'boot exited with code 1' }, { pid: 2 ** 22 + 1 })
        expect(ask('wait', 'UP', '-q')).to.include({
          status: 1,
          stderr: 'ww wait: the instance ended in ERROR: boot exited with code 1\n',
        })
      })

      for (const [args, sentence] of [
        [[], 'no state; write ww wait UP'],
        [['up'], 'no state "up"; there are BOOT'],
        [['UP', '--timeout'], '--timeout: no duration; write 30s'],
        [['UP', '--timeout', 'soon'], '--timeout: "soon" is not a duration; write 30s'],
        [['UP', '--timeout', '90'], '--timeout: "90" has no unit; write 90s'],
        [['UP', '--timeout', '9x'], '--timeout: "9x" has an unknown unit; write ms, s, m, h or d'],
        [['UP', '--fast'], 'no option "--fast"'],
      ] as const) {
        it(`is clear about wrong usage: wait ${args.join(' ')}`, () => {
          const { status, stderr } = ask('wait', ...args)
          expect(status).to.equal(2)
          expect(stderr).to.contain(`ww wait: ${sentence}`)
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
      /** Lays out an installed tree whose program only prints how it was called. */
      const install = () => {
        const home = `${run}/home`
        mkdirSync(`${home}/sh`, { recursive: true })
        for (const name of ['ww', 'cfg']) copyFileSync(resolve(ww, '..', name), `${home}/${name}`)
        for (const name of ['look', 'health', 'start', 'status', 'wait'])
          copyFileSync(resolve(ww, '..', name), `${home}/sh/${name}`)
        writeFileSync(`${home}/whaleware`, '#!/bin/sh\necho whaleware "$@"\n', { mode: 0o755 })
        writeFileSync(`${home}/run`, '#!/bin/sh\necho run "$@"\n', { mode: 0o755 })
        return home
      }
      const askInstalled = (home: string, ...args: string[]) => {
        const [program = '', ...rest] = words
        return spawnSync(program, [...rest, `${home}/ww`, ...args], { env: environment(), encoding: 'utf8' })
          .stdout
      }

      it('starts the program for every other verb, and run through its own script', () => {
        const home = install()
        expect(askInstalled(home, 'events', '-f')).to.equal('whaleware events -f\n')
        expect(askInstalled(home, 'cfg', '--why', 'a')).to.equal('whaleware cfg --why a\n')
        expect(askInstalled(home, 'run')).to.equal('run run\n')
        expect(askInstalled(home)).to.equal('whaleware\n')
      })

      it('never starts the program for status, wait, health and cfg', () => {
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
