import { expect } from 'chai'
import fc from 'fast-check'
import { longestLine, StreamLines } from '../../ww/logs/stream-lines.ts'

describe('the lines of a stream', () => {
  let lines: StreamLines
  let printed: string[]
  const emit = (body: string, isContinued: boolean): void => {
    for (const line of body.split('\n')) printed.push(isContinued ? `+${line}` : line)
  }
  const feed = (...blocks: string[]): void => {
    for (const block of blocks) lines.feed(block, emit)
  }
  beforeEach(() => {
    lines = new StreamLines()
    printed = []
  })

  it('are printed when they are whole', () => {
    feed('a', 'b\nc', '\n', '\n')
    expect(printed).to.deep.equal(['ab', 'c', ''])
    expect(lines.isIncomplete).to.equal(false)
  })

  it('are printed together, where several are read at once', () => {
    let calls = 0
    lines.feed('a\nb\nc\n', () => {
      calls += 1
    })
    expect(calls).to.equal(1)
  })

  it('wait for their end', () => {
    feed('a\nb')
    expect(printed).to.deep.equal(['a'])
    expect(lines.isIncomplete).to.equal(true)
  })

  it('are printed in parts where nobody waits for their end; what follows is the rest', () => {
    feed('Password: ')
    lines.flush(emit)
    feed('x', 'y\nz\n')
    expect(printed).to.deep.equal(['Password: ', '+xy', 'z'])
  })

  it('have no empty rest', () => {
    feed('a')
    lines.flush(emit)
    lines.flush(emit)
    feed('\n\nb\n')
    expect(printed).to.deep.equal(['a', '', 'b'])
  })

  it('end with their process: what follows is a line of the next one', () => {
    feed('a')
    lines.end(emit)
    feed('b\n')
    lines.end(emit)
    expect(printed).to.deep.equal(['a', 'b'])
    feed('c')
    lines.flush(emit)
    lines.end(emit)
    feed('d\n')
    expect(printed).to.deep.equal(['a', 'b', 'c', 'd'])
  })

  it('are divided where they are longer than 64 KiB', () => {
    const exact = 'x'.repeat(longestLine)
    feed(exact, '\n')
    expect(printed).to.deep.equal([exact])
    feed(exact, 'yz', '\nnext\n')
    expect(printed.slice(1)).to.deep.equal([exact, '+yz', 'next'])
  })

  it('need no more memory than the longest, without any line break', () => {
    for (let round = 0; round < 100; round++) feed('x'.repeat(longestLine))
    expect(printed.length).to.equal(99)
    expect(printed.every((line, index) => line.length === longestLine + (index === 0 ? 0 : 1))).to.equal(true)
  })

  it('are not divided within a character', () => {
    const euro = Buffer.from('€').toString('latin1')
    for (const before of [0, 1, 2, 3]) {
      printed = []
      lines = new StreamLines()
      feed('x'.repeat(longestLine - before), `${euro}\n`)
      const [first = '', second = ''] = printed
      if (before === 3) expect(printed).to.have.length(1)
      else expect([first.length, second]).to.deep.equal([longestLine - before, `+${euro}`])
    }
  })

  it('are divided anywhere where they are not UTF-8', () => {
    feed('\x80'.repeat(longestLine), '\x80\n')
    expect(printed.map(({ length }) => length)).to.deep.equal([longestLine, 2])
  })

  it('are the same, in whatever pieces they are read', () => {
    const block = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 12 })
    fc.assert(
      fc.property(fc.array(block), (blocks) => {
        lines = new StreamLines()
        printed = []
        feed(...blocks)
        const text = blocks.join('')
        expect(printed).to.deep.equal(text.split('\n').slice(0, -1))
        lines.end(emit)
        expect(printed.join('\n')).to.equal(text.replace(/\n$/, ''))
      }),
    )
  })
})
