import { expect } from 'chai'
import { bodyFormatters, lineFormatters, type Origin } from '../../ww/logs/line-format.ts'

const at = Date.UTC(2026, 10, 26, 6, 29, 25, 12)
const origin: Origin = { source: 'firstboot', stream: 'out', isContinued: false, at, offset: 0 }
const bytes = (text: string): string => Buffer.from(text).toString('latin1')
const parse = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

describe('the format prefix', () => {
  const { prefix } = bodyFormatters

  it('has the time, the source, the stream and the text on each line', () => {
    expect(prefix('creating the default users', origin).toString()).to.equal(
      '2026-11-26 06:29:25.012Z firstboot       out   creating the default users\n',
    )
    expect(
      prefix('level=warn', { ...origin, source: 'serve-exporter', stream: 'err', offset: 60 }).toString(),
    ).to.equal('2026-11-26 07:29:25.012+01:00 serve-exporter  err   level=warn\n')
  })

  it('marks the rest of a line', () => {
    expect(prefix('rest', { ...origin, isContinued: true }).toString()).to.equal(
      '2026-11-26 06:29:25.012Z firstboot       out+  rest\n',
    )
  })

  it('begins every line, also empty ones', () => {
    expect(
      prefix('a\n\nb', origin).toString().replaceAll('2026-11-26 06:29:25.012Z firstboot       out   ', '> '),
    ).to.equal('> a\n> \n> b\n')
  })

  it('leaves every byte of the text as it is', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index).filter((byte) => byte !== 10))
    const printed = prefix(all.toString('latin1'), origin)
    expect(printed.subarray(-all.length - 1, -1).equals(all)).to.equal(true)
  })

  it('prints names with any character, also those that a replacement would expand', () => {
    const source = "sérve-$&$'"
    const text = prefix('a\nb', { ...origin, source }).toString()
    expect(text.split('\n').map((line) => line.includes(source))).to.deep.equal([true, true, false])
  })

  it("has whaleware's own lines, with their level", () => {
    const format = lineFormatters.prefix
    const time = '2026-11-26 06:29:25.012Z'
    expect(format('', 'UP: monitor passed', at, 0)).to.equal(
      `${time} ww              info  UP: monitor passed\n`,
    )
    expect(format('warning: ', 'a\nb', at, 0)).to.equal(`${time} ww              warn  a b\n`)
    expect(format('error: ', 'a', at, 0)).to.equal(`${time} ww              error a\n`)
    expect(format('try: ', 'a', at, 0)).to.equal(`${time} ww              info  try: a\n`)
  })
})

describe('the format json', () => {
  const { json } = bodyFormatters

  it('has the time in UTC, the source, the stream and the text of each line, in this order', () => {
    expect(json('a "b"', { ...origin, stream: 'err', offset: 60 }).toString()).to.equal(
      '{"time":"2026-11-26T06:29:25.012Z","source":"firstboot","stream":"stderr","message":"a \\"b\\""}\n',
    )
  })

  it('marks the rest of a line', () => {
    expect(parse(json('rest', { ...origin, isContinued: true }).toString())).to.deep.equal([
      {
        time: '2026-11-26T06:29:25.012Z',
        source: 'firstboot',
        stream: 'stdout',
        continued: true,
        message: 'rest',
      },
    ])
  })

  it('is one object for each line, whatever the lines hold', () => {
    const lines = [
      '',
      'a',
      ',',
      '",\n "'.replace('\n', ''),
      '"},{"x":"',
      '\\n',
      '\\',
      'é€𐍈',
      '\u2028',
      '\t\r',
      '\0',
      "$&$'$$",
      '}',
    ]
    const source = "sérve-$&$'"
    const printed = parse(json(bytes(lines.join('\n')), { ...origin, source }).toString())
    expect(printed).to.deep.equal(
      lines.map((message) => ({ time: '2026-11-26T06:29:25.012Z', source, stream: 'stdout', message })),
    )
  })

  it('is valid also where the text is not UTF-8', () => {
    expect(parse(json('a\xff\xc3\nb', origin).toString())).to.deep.equal(
      ['a\ufffd\ufffd', 'b'].map((message) => ({
        time: '2026-11-26T06:29:25.012Z',
        source: 'firstboot',
        stream: 'stdout',
        message,
      })),
    )
  })

  it("has whaleware's own lines, with their level and their facts", () => {
    const format = lineFormatters.json
    const time = '2026-11-26T06:29:25.012Z'
    const facts = { event: 'state', state: 'UP', previous: 'WARMUP', previousMs: 2058 }
    expect(format('', 'UP: monitor passed', at, 60, facts)).to.equal(
      `{"time":"${time}","source":"ww","level":"info","event":"state","state":"UP","previous":"WARMUP","previousMs":2058,"message":"UP: monitor passed"}\n`,
    )
    const own = (level: string, message: string): object => ({ time, source: 'ww', level, message })
    expect(parse(format('warning: ', 'a\nb', at, 0))).to.deep.equal([own('warning', 'a b')])
    expect(parse(format('error: ', 'a', at, 0))).to.deep.equal([own('error', 'a')])
    expect(parse(format('try: ', 'a', at, 0))).to.deep.equal([own('info', 'try: a')])
  })
})
