import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { startCommand, typeCommand, typeOnTerminal } from '../helpers/command-line.ts'
import { until } from '../helpers/until.ts'

const at = Date.UTC(2026, 10, 21, 0, 34, 11, 5)
const lineOf = (state: string, more: object = {}) =>
  `${JSON.stringify({ state, previous: null, reason: 'started', attempt: 0, previousMs: 0, at, bootId: 'a', ...more })}\n`

/** The same as `ww events --json` prints it. */
const jsonOf = (state: string, more: object = {}) =>
  `${JSON.stringify({
    at: new Date(at).toISOString(),
    subject: 'instance',
    state,
    previous: null,
    previousMs: 0,
    reason: 'started',
    attempt: 0,
    bootId: 'a',
    crash: null,
    monitorOutputs: [],
    ...more,
  })}\n`
const ww = resolve(import.meta.dirname, '../../ww/sh/ww')
const esc = '\u001b'

describe('ww events', () => {
  let run = ''
  const log = () => join(run, 'events.ndjson')
  const env = () => ({ WW_RUN: run, TZ: 'UTC' })
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-events-'))
  })
  afterEach(() => rmSync(run, { recursive: true }))

  it('prints lines for scripts when piped: time, subject, state, milliseconds, reason', () => {
    writeFileSync(
      log(),
      lineOf('BOOT') + lineOf('UP', { previous: 'WARMUP', previousMs: 1234.5, reason: 'a\tb' }),
    )
    expect(typeCommand(['events'], env())).to.deep.equal({
      status: 0,
      stdout:
        '2026-11-21T00:34:11.005Z\tinstance\tBOOT\t\tstarted\n2026-11-21T00:34:11.005Z\tinstance\tUP\t1235\ta b\n',
      stderr: '',
    })
  })

  it('prints one JSON object a line, the rotated log first', () => {
    writeFileSync(join(run, 'events.1.ndjson'), lineOf('BOOT'))
    writeFileSync(log(), lineOf('UP', { previous: 'BOOT', crash: { state: 'UP' }, monitorOutputs: ['x'] }))
    expect(typeCommand(['events', '--json'], env()).stdout).to.equal(
      jsonOf('BOOT') + jsonOf('UP', { previous: 'BOOT', crash: { state: 'UP' }, monitorOutputs: ['x'] }),
    )
  })

  it('prints a sentence on stderr, and exits 0, when nothing has booted', () => {
    expect(typeCommand(['events'], env())).to.deep.equal({
      ...{ status: 0, stdout: '' },
      stderr: `no events: no instance has booted in ${run}\n`,
    })
  })

  it('prints the last N', () => {
    writeFileSync(log(), lineOf('BOOT') + lineOf('WARMUP') + lineOf('UP'))
    const states = (...args: string[]) =>
      typeCommand(['events', ...args], env())
        .stdout.split('\n')
        .map((line) => line.split('\t')[2])
        .filter(Boolean)
    expect(states('-n', '2')).to.deep.equal(['WARMUP', 'UP'])
    expect(states('-n', '0')).to.deep.equal([])
    expect(states('-n', '9')).to.deep.equal(['BOOT', 'WARMUP', 'UP'])
    expect(typeCommand(['events', '-n', 'x'], env())).to.deep.equal({
      ...{ status: 2, stdout: '' },
      stderr: 'ww events: -n: "x" is not a number; write 20\n',
    })
  })

  it('ends silently when its reader has seen enough', () => {
    writeFileSync(log(), lineOf('UP').repeat(20_000))
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; sh ${ww} events | head -1`],
      {
        ...{ env: { ...process.env, ...env() }, encoding: 'utf8' },
      },
    )
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
    expect(stdout).to.match(/^\S+\tinstance\tUP\t\tstarted\n$/)
  })

  it('is a table on a terminal, with local time and durations', () => {
    writeFileSync(
      log(),
      lineOf('BOOT') +
        lineOf('FIRSTBOOT', { previous: 'BOOT', previousMs: 5, reason: '/data is not initialised' }) +
        lineOf('UPGRADING', { previous: 'FIRSTBOOT', previousMs: 310, reason: 'firstboot\nsucceeded' }),
    )
    expect(typeOnTerminal(['events'], { ...env(), TZ: 'Etc/GMT-1', NO_COLOR: '1' })).to.equal(
      [
        'TIME                 WHAT       AFTER   REASON',
        '2026-11-21 01:34:11  BOOT               started',
        '2026-11-21 01:34:11  FIRSTBOOT  5 ms    /data is not initialised',
        '2026-11-21 01:34:11  UPGRADING  310 ms  firstboot succeeded',
        '',
      ].join('\n'),
    )
  })

  it('is coloured on a terminal, unless --color or NO_COLOR forbid it', () => {
    writeFileSync(log(), lineOf('ERROR') + lineOf('UP') + lineOf('STOPPED') + lineOf('BOOT'))
    const shown = typeOnTerminal(['events'], env())
    for (const [code, state] of [
      [31, 'ERROR'],
      [32, 'UP'],
      [2, 'STOPPED'],
      [33, 'BOOT'],
    ] as const)
      expect(shown).to.contain(`${esc}[${code}m${state}${esc}[0m`)
    expect(typeOnTerminal(['events', '--color=never'], env())).to.not.contain(esc)
    expect(typeOnTerminal(['events'], { ...env(), TERM: 'dumb' })).to.not.contain(esc)
    expect(typeCommand(['events', '--color', 'always'], env()).stdout).to.contain(esc)
  })

  it('passes over what is no event, such as half a line after a full disk', () => {
    writeFileSync(log(), `{"state":"BO\n${lineOf('UP')}`)
    expect(typeCommand(['events'], env()).stdout).to.match(/^\S+\tinstance\tUP\t\tstarted\n$/)
  })

  it('tells what is wrong with an option', () => {
    const { status, stderr } = typeCommand(['events', '--jsn'], env())
    expect(status).to.equal(2)
    expect(stderr).to.equal('ww events: no option "--jsn"; ww events --help lists them\n')
  })

  it('follows from before the first boot, across half lines and a log that is rotated', async () => {
    const following = startCommand(['events', '-f', '--json'], env())
    const printed = (text: string) => until(() => following.printed() === text, following.printed)
    try {
      const unicode = { reason: 'žluťoučký 🐳' }
      const bytes = Buffer.from(lineOf('WARMUP', unicode))
      const half = bytes.indexOf('🐳') + 2
      writeFileSync(log(), lineOf('BOOT'))
      await printed(jsonOf('BOOT'))
      appendFileSync(log(), bytes.subarray(0, half))
      appendFileSync(log(), bytes.subarray(half))
      await printed(jsonOf('BOOT') + jsonOf('WARMUP', unicode))
      appendFileSync(log(), lineOf('UP'))
      renameSync(log(), join(run, 'events.1.ndjson'))
      appendFileSync(log(), lineOf('RESTARTING'))
      await printed(jsonOf('BOOT') + jsonOf('WARMUP', unicode) + jsonOf('UP') + jsonOf('RESTARTING'))
    } finally {
      await following.end()
    }
  })

  it('follows from the last 10, or the last N', async () => {
    for (const [args, count] of [
      [['-f'], 10],
      [['-f', '-n', '3'], 3],
    ] as const) {
      writeFileSync(log(), lineOf('BOOT').repeat(12))
      const following = startCommand(['events', ...args], env())
      const lines = () => following.printed().split('\n').length - 1
      await until(() => lines() >= count, following.printed)
      appendFileSync(log(), lineOf('UP'))
      await until(() => following.printed().includes('\tUP\t'), following.printed)
      expect(lines()).to.equal(count + 1)
      await following.end()
    }
  })

  it('ends with 0 on Ctrl-C while it follows', async () => {
    writeFileSync(log(), lineOf('BOOT'))
    const child = spawn('sh', [ww, 'events', '-f'], { env: { PATH: process.env.PATH, ...env() } })
    let printed = ''
    child.stdout.on('data', (text) => (printed += text))
    const ended = new Promise((done) => child.once('close', (code, signal) => done(signal ?? code)))
    await until(() => printed.includes('BOOT'))
    appendFileSync(log(), lineOf('UP'))
    await until(() => printed.includes('UP'))
    child.kill('SIGINT')
    expect(await ended).to.equal(0)
  })
})
