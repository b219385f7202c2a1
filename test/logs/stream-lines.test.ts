import { expect } from 'chai'
import fc from 'fast-check'
import { endMark, longestLine, StreamLines } from '../../ww/logs/stream-lines.ts'

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
    feed('a', endMark, 'b\n', endMark, endMark, 'c')
    lines.flush(emit)
    feed(endMark, 'd\n')
    expect(printed).to.deep.equal(['a', 'b', 'c', 'd'])
    feed(`e${endMark}f\n${endMark}g\n`, 'h')
    lines.flush(emit)
    feed(`i${endMark}j\n`)
    expect(printed.slice(4)).to.deep.equal(['e', 'f', 'g', 'h', '+i', 'j'])
  })

  it('report the last line of each process that is not blank', () => {
    const last: string[] = []
    lines = new StreamLines((line) => last.push(line))
    feed('a\nb', endMark, endMark, `c\n\n${endMark}d\n${endMark}`, 'e')
    lines.flush(emit)
    feed(endMark, 'f\n', ' \n', endMark)
    expect(last).to.deep.equal(['b', '', 'c', 'd', 'e', 'f'])
  })

  it('end with their process wherever the mark is divided, and however long they are', () => {
    for (let at = 0; at < endMark.length; at++) {
      feed('a', endMark.slice(0, at), endMark.slice(at), 'b\n')
      expect(printed.splice(0)).to.deep.equal(['a', 'b'])
    }
    for (let length = longestLine - 2; length < longestLine + 2; length++) {
      feed('x'.repeat(length), endMark)
      expect(printed.splice(0).join('').replace('+', '')).to.equal('x'.repeat(length))
    }
  })

  it('are divided where they are longer than 64 KiB', () => {
    const exact = 'x'.repeat(longestLine)
    feed(exact, '\n')
    expect(printed).to.deep.equal([exact])
    const rest = 'yz'.repeat(50)
    feed(exact, rest, '\nnext\n')
    expect(printed.slice(1)).to.deep.equal([exact, `+${rest}`, 'next'])
  })

  it('need no more memory than the longest, without any line break', () => {
    for (let round = 0; round < 100; round++) feed('x'.repeat(longestLine))
    expect(printed.length).to.equal(99)
    expect(printed.every((line, index) => line.length === longestLine + (index === 0 ? 0 : 1))).to.equal(true)
  })

  it('are not divided within a character', () => {
    const euro = Buffer.from('€').toString('latin1')
    const rest = 'y'.repeat(50)
    for (const before of [0, 1, 2, 3]) {
      printed = []
      lines = new StreamLines()
      feed('x'.repeat(longestLine - before), `${euro}${rest}\n`)
      const [first = '', second = ''] = printed
      if (before === 3) expect([first.length, second]).to.deep.equal([longestLine, `+${rest}`])
      else expect([first.length, second]).to.deep.equal([longestLine - before, `+${euro}${rest}`])
    }
  })

  it('are divided anywhere where they are not UTF-8', () => {
    feed('\x80'.repeat(longestLine), '\x80'.repeat(50), '\n')
    expect(printed.map(({ length }) => length)).to.deep.equal([longestLine, 51])
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
        lines.flush(emit)
        expect(printed.join('\n')).to.equal(text.replace(/\n$/, ''))
      }),
    )
  })
})
