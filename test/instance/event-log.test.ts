import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readEventLines } from '../../ww/instance/event-lines.ts'
import { EventLog } from '../../ww/instance/event-log.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { fillDisk, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

describe('the event log', () => {
  let run = ''
  let warnings: string[] = []
  let log: EventLog
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-events-'))
    warnings = []
    log = new EventLog(run, (line) => void warnings.push(line))
  })
  afterEach(() => rmSync(run, { recursive: true, force: true }))

  const read = (): string => readFileSync(`${run}/events.ndjson`, 'utf8')

  it('has one line for each event, also across boots, and is for this user alone', () => {
    log.append({ state: 'BOOT', reason: 'two\nlines' })
    new EventLog(run, () => {}).append({ state: 'UP' })
    expect(read()).to.equal('{"state":"BOOT","reason":"two\\nlines"}\n{"state":"UP"}\n')
    expect(statSync(`${run}/events.ndjson`).mode & 0o777).to.equal(0o600)
  })

  it('is begun anew when it has reached 1 MiB, and the older one is replaced', () => {
    const line = JSON.stringify({ n: 0 }).length + 1
    writeFileSync(`${run}/events.1.ndjson`, 'oldest\n')
    writeFileSync(`${run}/events.ndjson`, `${'x'.repeat(1024 * 1024 - line - 2)}\n`)
    log.append({ n: 1 })
    expect(existsSync(`${run}/events.ndjson`), 'one byte is still missing').to.equal(true)
    expect(readFileSync(`${run}/events.1.ndjson`, 'utf8')).to.equal('oldest\n')
    log.append({ n: 2 })
    expect(readdirSync(run)).to.deep.equal(['events.1.ndjson'])
    log.append({ n: 3 })
    expect(read()).to.equal('{"n":3}\n')
    expect(readEventLines(run).slice(1)).to.deep.equal(['{"n":1}', '{"n":2}', '{"n":3}'])
  })

  it('is rotated at 1 MiB exactly', () => {
    const line = JSON.stringify({ n: 0 }).length + 1
    writeFileSync(`${run}/events.ndjson`, 'x'.repeat(1024 * 1024 - line))
    log.append({ n: 1 })
    expect(readdirSync(run)).to.deep.equal(['events.1.ndjson'])
  })

  it('warns once while it cannot be written, and once more when that happens again', () => {
    const path = `${run}/events.ndjson`
    mkdirSync(path)
    for (let i = 0; i < 3; i++) log.append({ i })
    expect(warnings).to.deep.equal([`cannot write ${path}: it is a directory; remove it`])
    rmSync(path, { recursive: true })
    log.append({ n: 1 })
    expect(readEventLines(run)).to.deep.equal(['{"n":1}'])
    rmSync(path)
    mkdirSync(path)
    log.append({})
    expect(warnings).to.have.length(2)
  })

  it('loses on a full disk only what did not fit, and goes on with a line of its own', function () {
    needsRoot(this)
    mountDisk(`${run}/disk`)
    try {
      const full = new EventLog(`${run}/disk`, (line) => void warnings.push(line))
      full.append({ n: 1 })
      fillDisk(`${run}/disk`)
      full.append({ n: 2, text: 'x'.repeat(10_000) })
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.match(/^cannot write \S+: no space left on device \(.*\); free space$/)
      rmSync(`${run}/disk/filler`)
      full.append({ n: 3 })
      const lines = readEventLines(`${run}/disk`)
      expect([lines[0], lines.at(-1)]).to.deep.equal(['{"n":1}', '{"n":3}'])
    } finally {
      unmountDisk(`${run}/disk`)
    }
  })

  it('is never written through a link', () => {
    writeFileSync(`${run}/victim`, '')
    symlinkSync(`${run}/victim`, `${run}/events.ndjson`)
    log.append({ n: 1 })
    expect(readFileSync(`${run}/victim`, 'utf8')).to.equal('')
    expect(warnings).to.have.length(1)
  })
})
