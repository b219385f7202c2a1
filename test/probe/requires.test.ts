import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { firstReport, nextReport } from '../../ww/base/report-times.ts'
import { awaitRequired } from '../../ww/probe/requires.ts'
import { endNow, openLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

describe('awaitRequired', () => {
  let directory: string
  let lines: string[]
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-requires-'))
    lines = []
  })
  afterEach(() => rmSync(directory, { recursive: true }))
  const wait = (requires: readonly string[], limit = openLimit()): Promise<string | null> => {
    const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(`! ${line}`) }
    return awaitRequired(requires, limit, { log, env: process.env })
  }

  it('resolves at once when everything responds, and logs nothing', async () => {
    expect(await wait([])).to.equal(null)
    expect(await wait(['file:/', 'exec:true'])).to.equal(null)
    expect(lines).to.deep.equal([])
  })

  it('waits for what does not respond yet, and logs after a second why', async () => {
    const limit = openLimit({}, 300_000)
    const waiting = wait([`file:${directory}/ready`, 'exec:exit 4', 'file:/'], limit)
    await until(() => lines.length >= 2)
    expect(lines[0]).to.match(
      /^waiting for file:\S+\/ready: does not exist \(for 1\.\d s, limit 5 min(?: 0 s)?\)$/,
    )
    expect(lines[1]).to.match(/^waiting for exec:exit 4: exited with code 4 \(for /)
    endNow(limit, 'left')
    await waiting
  })

  it('logs what a probe that hangs is waiting for', async () => {
    const limit = openLimit()
    const waiting = wait(['exec:sleep 60'], limit)
    await until(() => lines.length >= 1)
    expect(lines[0]).to.match(/^waiting for exec:sleep 60: no response yet \(for /)
    endNow(limit, 'left')
    await waiting
  })

  it('resolves when the last one responds', async () => {
    const waiting = wait([`file:${directory}/ready`])
    writeFileSync(join(directory, 'ready'), '')
    expect(await waiting).to.equal(null)
  })

  it('returns what is missing, and why, when the time is over', async () => {
    const limit = openLimit({}, 2000)
    const waiting = wait(['file:/', 'exec:exit 4'], limit)
    await until(() => lines.length >= 1)
    endNow(limit, 'time')
    expect(await waiting).to.equal(
      'gave up waiting for exec:exit 4: exited with code 4 after 2 s (ww.requires_timeout)',
    )
  })

  it('resolves with null when the state was left, also during a probe that hangs', async () => {
    const limit = openLimit()
    const waiting = wait(['exec:sleep 3600'], limit)
    endNow(limit, 'left')
    expect(await waiting).to.equal(null)
  })
})

describe('the times of reports', () => {
  it('are 1 s, 10 s, 1 min, 5 min, and then every 5 min', () => {
    const times = [firstReport]
    for (let index = 0; index < 5; index++) times.push(nextReport(times.at(-1) ?? 0))
    expect(times.map((time) => time / 1000)).to.deep.equal([1, 10, 60, 300, 600, 900])
  })
})
