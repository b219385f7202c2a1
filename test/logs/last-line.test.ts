import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { forgetLastLines, readLastLine, storeLastLine } from '../../ww/logs/last-line.ts'

describe('the last line of a process', () => {
  let directory: string
  const store = (stream: 'out' | 'err', line: string): void =>
    storeLastLine(directory, 'serve', stream, Buffer.from(line))
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-last-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  it('is that of its errors, otherwise that of its output', async () => {
    store('out', 'ready')
    store('err', '')
    expect(await readLastLine(directory, 'serve')).to.equal('ready')
    store('err', 'failed: é')
    expect(await readLastLine(directory, 'serve')).to.equal('failed: é')
  })

  it('is null where it printed nothing, or nothing is stored soon', async () => {
    expect(await readLastLine(directory, 'serve')).to.equal(null)
    store('out', '')
    store('err', '')
    expect(await readLastLine(directory, 'serve')).to.equal(null)
  })

  it('is waited for a moment', async () => {
    const line = readLastLine(directory, 'serve')
    store('err', '')
    store('out', 'late')
    expect(await line).to.equal('late')
  })

  it('is forgotten when the next process has ended', async () => {
    store('out', 'old')
    store('err', 'old')
    forgetLastLines(directory, 'serve')
    forgetLastLines(directory, 'serve')
    expect(readdirSync(directory)).to.deep.equal([])
  })

  it('has 1000 bytes at most', async () => {
    store('err', 'x'.repeat(2000))
    store('out', '')
    expect(await readLastLine(directory, 'serve')).to.equal('x'.repeat(1000))
  })

  it('is dropped where it cannot be stored', () => {
    rmSync(directory, { recursive: true })
    store('err', 'x')
  })
})
