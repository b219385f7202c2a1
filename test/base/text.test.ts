import { expect } from 'chai'
import {
  formatCount,
  formatDuration,
  formatLimit,
  formatList,
  formatLogTime,
  formatSize,
  formatTime,
  oneLine,
} from '../../ww/base/text.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('formatDuration', () => {
  const samples: [number, string][] = [
    [-5, '0 ms'],
    [0, '0 ms'],
    [0.01, '0.1 ms'],
    [0.8, '0.8 ms'],
    [0.94, '0.9 ms'],
    [0.95, '1 ms'],
    [310, '310 ms'],
    [999.4, '999 ms'],
    [999.5, '1.0 s'],
    [4800, '4.8 s'],
    [9949, '9.9 s'],
    [9950, '10 s'],
    [10_999, '10 s'],
    [41_000, '41 s'],
    [59_999, '59 s'],
    [minute, '1 min'],
    [minute + 999, '1 min'],
    [3 * minute + 12_900, '3 min 12 s'],
    [hour - 1, '59 min 59 s'],
    [hour, '1 h'],
    [3 * hour + 12 * minute + 59_000, '3 h 12 min'],
    [day - 1, '23 h 59 min'],
    [day, '1 d'],
    [2 * day + 4 * hour + 59 * minute, '2 d 4 h'],
    [Number.NaN, '0 ms'],
  ]
  for (const [ms, text] of samples)
    it(`shows ${ms} milliseconds as ${text}`, () => expect(formatDuration(ms)).to.equal(text))
})

describe('formatLimit', () => {
  it('leaves out a decimal that says nothing', () => {
    expect([9000, 1500, 300, 5 * minute, 10_000].map(formatLimit)).to.deep.equal([
      '9 s',
      '1.5 s',
      '300 ms',
      '5 min',
      '10 s',
    ])
  })
})

describe('formatSize', () => {
  const samples: [number, string][] = [
    [-1, '0 B'],
    [0, '0 B'],
    [999, '999 B'],
    [999.5, '1 kB'],
    [1000, '1 kB'],
    [1249, '1.2 kB'],
    [9949, '9.9 kB'],
    [9950, '10 kB'],
    [12_000, '12 kB'],
    [999_499, '999 kB'],
    [999_500, '1 MB'],
    [512e6, '512 MB'],
    [1.2e9, '1.2 GB'],
    [20e9, '20 GB'],
    [3e12, '3 TB'],
    [5e18, '5000 PB'],
  ]
  for (const [bytes, text] of samples)
    it(`shows ${bytes} bytes as ${text}`, () => expect(formatSize(bytes)).to.equal(text))
})

describe('formatCount', () => {
  it('has one restart, and none, two or more restarts', () => {
    expect([0, 1, 2].map((n) => formatCount(n, 'restart'))).to.deep.equal([
      '0 restarts',
      '1 restart',
      '2 restarts',
    ])
    expect(formatCount(2, 'entry', 'entries')).to.equal('2 entries')
  })
})

describe('formatList', () => {
  it('joins names as a sentence does', () => {
    expect(formatList([])).to.equal('')
    expect(formatList(['a'])).to.equal('a')
    expect(formatList(['a', 'b'])).to.equal('a and b')
    expect(formatList(['a', 'b', 'c'], 'or')).to.equal('a, b or c')
  })
})

describe('oneLine', () => {
  it('turns line breaks of every kind into single blanks', () => {
    expect(oneLine(' a\nb \r\n  c\rd\u2028e\n')).to.equal('a b c d e')
    expect(oneLine('two  blanks\tand a tab')).to.equal('two  blanks\tand a tab')
    expect(oneLine('\u001b[31mred\u0007\u0000')).to.equal(' [31mred  ')
  })
})

describe('a time in text', () => {
  const at = Date.UTC(2026, 10, 26, 6, 29, 24, 755)

  it('is local and without a fraction for people', () => {
    expect(formatTime(at, 0)).to.equal('2026-11-26 06:29:24')
    expect(formatTime(at, 120)).to.equal('2026-11-26 08:29:24')
    expect(formatTime(at, -420)).to.equal('2026-11-25 23:29:24')
  })

  it('has milliseconds and the offset in a log', () => {
    expect(formatLogTime(at, 0)).to.equal('2026-11-26 06:29:24.755Z')
    expect(formatLogTime(at, 60)).to.equal('2026-11-26 07:29:24.755+01:00')
    expect(formatLogTime(at, -570)).to.equal('2026-11-25 20:59:24.755-09:30')
  })
})
