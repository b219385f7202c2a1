import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, type writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Output } from '../../ww/logs/output.ts'
import { until } from '../helpers/until.ts'

const failure = (code: string): Error => Object.assign(new Error(code), { code })

describe('an output', () => {
  let directory: string
  let reader: number
  let writer: number
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-output-'))
    execFileSync('mkfifo', [`${directory}/fifo`])
    reader = openSync(`${directory}/fifo`, constants.O_RDONLY | constants.O_NONBLOCK)
    writer = openSync(`${directory}/fifo`, constants.O_WRONLY | constants.O_NONBLOCK)
  })
  afterEach(() => {
    for (const file of [reader, writer]) closeSync(file)
    rmSync(directory, { recursive: true })
  })
  const read = (size = 1024 * 1024): string => {
    const buffer = Buffer.alloc(size)
    try {
      return buffer.toString('latin1', 0, readSync(reader, buffer))
    } catch {
      return ''
    }
  }

  it('writes all of it at once where there is room', async () => {
    const output = new Output(writer)
    await output.write(Buffer.from('a\nb\n'))
    expect(read()).to.equal('a\nb\n')
    expect(output.stalled).to.equal(0)
  })

  it('makes those that print wait for a slow reader, and writes in their order', async () => {
    const output = new Output(writer)
    const done: string[] = []
    const text = (letter: string): string => `${letter.repeat(99)}\n`.repeat(1000)
    const writing = ['a', 'b', 'c'].map((letter) =>
      output.write(Buffer.from(text(letter))).then(() => done.push(letter)),
    )
    await until(() => output.stalled > 30)
    expect(done).to.deep.equal([])
    let all = ''
    await until(() => {
      all += read(10_000)
      return done.length === 3
    })
    await Promise.all(writing)
    all += read()
    expect(all).to.equal(text('a') + text('b') + text('c'))
    expect(done).to.deep.equal(['a', 'b', 'c'])
    expect(output.stalled).to.equal(0)
  })

  it('never lets the line of another come into the middle of one of its lines', async () => {
    const output = new Output(writer)
    const line = `${'x'.repeat(300)}\n`
    const writing = output.write(Buffer.from(line.repeat(1000)))
    let all = ''
    let over = false
    void writing.then(() => {
      over = true
    })
    const other = openSync(`${directory}/fifo`, constants.O_WRONLY | constants.O_NONBLOCK)
    const { writeSync } = await import('node:fs')
    await until(() => {
      all += read(1000)
      try {
        writeSync(other, 'other\n')
      } catch {
        // full
      }
      return over
    })
    closeSync(other)
    all += read()
    expect(new Set(all.split('\n').filter((each) => each !== 'other'))).to.deep.equal(
      new Set([line.trimEnd(), '']),
    )
    expect(all).to.include('other')
  })

  it('writes a line that is longer than a pipe', async () => {
    const output = new Output(writer)
    const long = `${'y'.repeat(200_000)}\n`
    const writing = output.write(Buffer.from(`a\n${long}b\n`))
    let all = ''
    await until(() => {
      all += read()
      return all.endsWith('b\n')
    })
    await writing
    expect(all).to.equal(`a\n${long}b\n`)
  })

  for (const code of ['EPIPE', 'ENOSPC', 'EIO', 'EBADF']) {
    it(`drops on ${code} what nobody can read, and prints again when it can`, async () => {
      const texts: string[] = []
      let broken = true
      const write = (_: number, bytes: Buffer, from: number, length: number): number => {
        if (broken) throw failure(code)
        texts.push(bytes.toString('utf8', from, from + length))
        return length
      }
      const output = new Output(1, write as typeof writeSync)
      await output.write(Buffer.from('lost\n'))
      broken = false
      await output.write(Buffer.from('printed\n'))
      expect(texts).to.deep.equal(['printed\n'])
    })
  }
})
