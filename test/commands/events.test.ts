import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startCommand, typeCommand, typeOnTerminal } from '../helpers/command-line.ts'
import { until } from '../helpers/until.ts'

const at = Date.UTC(2026, 10, 21, 0, 34, 11, 5)
const lineOf = (state: string, more: object = {}) =>
  `${JSON.stringify({ state, previous: null, reason: 'started', attempt: 0, previousMs: 0, at, bootId: 'a', ...more })}\n`

describe('ww events', () => {
  let run = ''
  const log = () => join(run, 'events.ndjson')
  const env = () => ({ WW_RUN: run, TZ: 'UTC' })
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-events-'))
  })
  afterEach(() => rmSync(run, { recursive: true }))

  it('prints lines for programs when piped: time, state, milliseconds, reason', () => {
    writeFileSync(
      log(),
      lineOf('BOOT') + lineOf('UP', { previous: 'WARMUP', previousMs: 1234.5, reason: 'a\tb' }),
    )
    expect(typeCommand(['events'], env())).to.deep.equal({
      status: 0,
      stdout: '2026-11-21T00:34:11.005Z\tBOOT\t0\tstarted\n2026-11-21T00:34:11.005Z\tUP\t1235\ta b\n',
      stderr: '',
    })
  })

  it('prints what was set aside first', () => {
    writeFileSync(join(run, 'events.1.ndjson'), lineOf('BOOT'))
    writeFileSync(log(), lineOf('UP'))
    expect(typeCommand(['events', '--json'], env()).stdout).to.equal(lineOf('BOOT') + lineOf('UP'))
  })

  it('prints nothing, and exits 0, when nothing has booted', () => {
    expect(typeCommand(['events'], env())).to.deep.equal({ status: 0, stdout: '', stderr: '' })
  })

  it('is pleasant on a terminal: local time, words for durations, the crash and the last monitors', () => {
    writeFileSync(
      log(),
      lineOf('BOOT', { crash: { bootId: 'z', state: 'UP', since: '', oomKilled: true } }) +
        lineOf('ERROR', { previous: 'UP', previousMs: 11_520_000, monitorOutputs: ['no\nanswer'] }) +
        lineOf('BOOT', { bootId: 'b' }),
    )
    expect(typeOnTerminal(['events'], { ...env(), NO_COLOR: '1' })).to.equal(
      [
        '2026-11-21 00:34:11  BOOT        started',
        `${' '.repeat(33)}the boot before died in UP, out of memory`,
        '2026-11-21 00:34:11  ERROR       started (UP for 3 h 12 min)',
        `${' '.repeat(33)}monitor: no answer`,
        '',
        '2026-11-21 00:34:11  BOOT        started',
        '',
      ].join('\n'),
    )
    expect(typeOnTerminal(['events'], env())).to.contain('\u001b[31mERROR')
  })

  it('passes over what is no event, such as half a line after a full disk', () => {
    writeFileSync(log(), `{"state":"BO\n${lineOf('UP')}`)
    expect(typeCommand(['events'], env()).stdout).to.match(/^\S+\tUP\t0\tstarted\n$/)
  })

  it('tells what is wrong with an option', () => {
    const { status, stderr } = typeCommand(['events', '--jsn'], env())
    expect(status).to.equal(2)
    expect(stderr).to.contain("Unknown option '--jsn'")
  })

  it('follows from before the first boot, across half lines and a log that is set aside', async () => {
    const following = startCommand(['events', '-f', '--json'], env())
    const printed = (text: string) => until(() => following.printed() === text, following.printed)
    try {
      const unicode = lineOf('WARMUP', { reason: 'žluťoučký 🐳' })
      const bytes = Buffer.from(unicode)
      const half = bytes.indexOf('🐳') + 2
      writeFileSync(log(), lineOf('BOOT'))
      await printed(lineOf('BOOT'))
      appendFileSync(log(), bytes.subarray(0, half))
      appendFileSync(log(), bytes.subarray(half))
      await printed(lineOf('BOOT') + unicode)
      appendFileSync(log(), lineOf('UP'))
      renameSync(log(), join(run, 'events.1.ndjson'))
      appendFileSync(log(), lineOf('RESTARTING'))
      await printed(lineOf('BOOT') + unicode + lineOf('UP') + lineOf('RESTARTING'))
    } finally {
      await following.end()
    }
  })
})
