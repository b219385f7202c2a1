import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { typeCommand, typeOnTerminal } from '../helpers/command-line.ts'
import { until } from '../helpers/until.ts'

const fixture = resolve(import.meta.dirname, '../fixtures/fake-instance.ts')
const erase = '\u001b[K'
/** Durations as the tests compare them. */
const plain = (text: string): string => text.replaceAll(/\d+(\.\d)? m?s\b/g, 'N s')

describe('steering an instance', () => {
  let run = ''
  let instance: ChildProcess | null = null
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-steer-'))
  })
  afterEach(() => {
    instance?.kill('SIGKILL')
    instance = null
    rmSync(run, { recursive: true, force: true })
  })
  const boot = async (env: NodeJS.ProcessEnv = {}, user = 0) => {
    const options = user === 0 ? {} : { uid: user, gid: user }
    const child = spawn(process.execPath, [fixture], {
      env: { ...process.env, WW_RUN: run, ...env },
      ...options,
    })
    instance = child
    let printed = ''
    child.stdout.on('data', (text) => (printed += text))
    child.stderr.on('data', (text) => (printed += text))
    await until(
      () => printed.includes('ready'),
      () => printed,
    )
  }
  const type = (args: string[], env: NodeJS.ProcessEnv = {}) => typeCommand(args, { WW_RUN: run, ...env })

  describe('ww restart', () => {
    it('waits until the instance is UP again', async () => {
      await boot()
      const { status, stdout, stderr } = type(['restart'])
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
      expect(plain(stdout)).to.equal('UP after N s: so it is UP\n')
    })

    for (const state of ['ERROR', 'HELD', 'STOPPED']) {
      it(`fails when it ends in ${state}`, async () => {
        await boot({ RESTART: state })
        const { status, stdout, stderr } = type(['restart'])
        expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
        expect(plain(stderr)).to.equal(`ww restart: ${state} after N s: so it is ${state}\n`)
      })
    }

    it('fails when it takes longer than --timeout', async () => {
      await boot({ RESTART_MS: '60000' })
      expect(type(['restart', '--timeout', '100ms'])).to.deep.equal({
        ...{ status: 1, stdout: '' },
        stderr: 'ww restart: not UP after 100 ms: RESTARTING: ww restart\n',
      })
    })

    it('reports within a second what it waits for, unless it is quiet', async () => {
      await boot({ RESTART_MS: '1500' })
      expect(plain(type(['restart']).stderr)).to.equal(
        'ww restart: waiting for UP: RESTARTING: ww restart (for N s, limit 1 min)\n',
      )
      expect(type(['restart', '-q']).stderr).to.equal('')
    })

    it('rewrites one line on a terminal, and removes it', async () => {
      await boot({ RESTART_MS: '1500' })
      const shown = typeOnTerminal(['restart'], { WW_RUN: run })
      const [, line = '', result] = plain(shown).split(erase)
      expect(line).to.match(/^ww restart: waiting for UP: RESTARTING: /)
      expect(result).to.equal('UP after N s: so it is UP\n')
    })

    it('does not wait with --no-wait, nor when a hook calls it', async () => {
      await boot({ RESTART_MS: '60000' })
      expect(type(['restart', '--no-wait'])).to.deep.equal({ status: 0, stdout: 'restarting\n', stderr: '' })
      instance?.kill('SIGKILL')
      await boot({ RESTART_MS: '60000' })
      expect(type(['restart'], { WW_HOOK: 'monitor' })).to.include({ status: 0, stdout: 'restarting\n' })
    })

    it('is refused outside UP', async () => {
      await boot({ STATE: 'WARMUP' })
      expect(type(['restart'])).to.deep.equal({
        ...{ status: 1, stdout: '' },
        stderr: 'ww restart: cannot restart: the instance is in WARMUP, not UP: monitor passed\n',
      })
    })
  })

  describe('ww stop', () => {
    it('prints how long the stop may take, and does not wait', async () => {
      await boot()
      expect(type(['stop'])).to.deep.equal({
        ...{ status: 0, stderr: '' },
        stdout: 'stopping: the instance ends within 9 s\n',
      })
    })

    it('prints that a second one forces it', async () => {
      await boot({ STATE: 'STOPPING' })
      expect(type(['stop']).stdout).to.equal('stopping, forced: running hooks end at once\n')
    })
  })

  describe('ww monitor', () => {
    it('prints nothing but the JSON', async () => {
      await boot({ MONITOR: '{"clients": 3}\n' })
      expect(type(['monitor'])).to.deep.equal({ status: 0, stdout: '{"clients": 3}\n', stderr: '' })
    })

    for (const [output, code] of [
      ['{"a": 1}', '3'],
      ['{"a": }', '0'],
      ['[1]', '0'],
      ['fine', '0'],
    ] as const) {
      it(`fails when the monitor prints ${output} and exits with ${code}`, async () => {
        await boot({ MONITOR: output, MONITOR_CODE: code })
        expect(type(['monitor'])).to.deep.equal({
          ...{ status: 1, stdout: `${output}\n`, stderr: `ww monitor: monitor ended with code ${code}\n` },
        })
      })
    }

    it('is healthy when the monitor prints nothing', async () => {
      await boot({ MONITOR: '\n' })
      expect(type(['monitor'])).to.include({ status: 0, stdout: '' })
    })

    it('does not wait with --no-wait', async () => {
      await boot({ MONITOR_CODE: '3' })
      expect(type(['monitor', '--no-wait'])).to.include({ status: 0, stdout: '' })
    })

    it('is refused outside UP', async () => {
      await boot({ STATE: 'HELD' })
      expect(type(['monitor'])).to.include({
        status: 1,
        stderr: 'ww monitor: the instance is in HELD, not UP: monitor passed\n',
      })
    })
  })

  for (const verb of ['restart', 'stop', 'monitor']) {
    it(`is one line when no instance runs: ${verb}`, () => {
      expect(type([verb])).to.deep.equal({
        ...{ status: 1, stdout: '' },
        stderr: `ww ${verb}: cannot ${verb}: no instance is running: ${run}/control.sock: no such file\n`,
      })
    })
  }

  for (const verb of ['restart', 'stop', 'start']) {
    it(`prints what became of one service: ${verb}`, async () => {
      await boot()
      expect(type([verb, 'exporter'])).to.deep.equal({
        ...{ status: 0, stdout: `serve-exporter: ${verb} done\n`, stderr: '' },
      })
      expect(type([verb, 'exporter', '--no-wait']).stdout).to.equal(`serve-exporter: ${verb} begun\n`)
      expect(type([verb, 'web'])).to.deep.equal({
        ...{ status: 2, stdout: '' },
        stderr: `ww ${verb}: no service "web"; ww status lists the services\n`,
      })
    })
  }

  it('is not permitted to another user', async function () {
    if (process.getuid?.() !== 0) this.skip()
    await boot()
    const fetched = spawn('sh', [resolve(import.meta.dirname, '../../ww/sh/ww'), 'stop'], {
      ...{ uid: 65534, gid: 65534, env: { PATH: process.env.PATH, WW_RUN: run } },
    })
    let text = ''
    fetched.stderr.on('data', (chunk) => (text += chunk))
    await new Promise((done) => fetched.once('close', done))
    expect(text).to.equal(
      'ww stop: not permitted: the instance runs as user 0, you are user 65534; use docker exec --user 0\n',
    )
  })

  it('is permitted to root when the instance is another user’s', async function () {
    if (process.getuid?.() !== 0) this.skip()
    chownSync(run, 65534, 65534)
    chmodSync(run, 0o700)
    await boot({}, 65534)
    expect(type(['stop'])).to.include({ status: 0 })
  })

  for (const [args, sentence] of [
    [['restart', '--timeout', '90'], '--timeout: "90" has no unit; write 90s'],
    [['restart', '--timeout', 'soon'], '--timeout: "soon" is not a duration; write 30s'],
    [['restart', '--timeout'], '--timeout: no value; ww restart --help lists them'],
    [['stop', 'web', 'db'], 'needs the name of one service; ww status lists the services'],
    [['start'], 'needs the name of one service; ww status lists the services'],
    [['restart', 'web', '--wat'], 'no option "--wat"; ww restart --help lists them'],
    [['monitor', '--wat'], 'no option "--wat"; ww monitor --help lists them'],
  ] as const) {
    it(`is clear about wrong usage: ${args.join(' ')}`, () => {
      expect(type([...args])).to.deep.equal({ status: 2, stdout: '', stderr: `ww ${args[0]}: ${sentence}\n` })
    })
  }
})
