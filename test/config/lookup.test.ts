import { expect } from 'chai'
import { addKey, listValues, lookUp, parseKeyPath, printValue } from '../../ww/config/lookup.ts'

describe('a key path', () => {
  const paths: [path: string, keys: string[] | null][] = [
    ['', []],
    ['.', []],
    ['a', ['a']],
    ['a.b.c', ['a', 'b', 'c']],
    ['a[0].b', ['a', '0', 'b']],
    ['a.0.b', ['a', '0', 'b']],
    ['a["b.c"]', ['a', 'b.c']],
    ['["b.c"].d[1][2]', ['b.c', 'd', '1', '2']],
    ['a["say \\"hi\\""]', ['a', 'say "hi"']],
    ['a[""]', ['a', '']],
    ['*', ['*']],
    ['ünï', ['ünï']],
    ['a..b', null],
    ['.a', ['a']],
    ['a.', null],
    ['a[', null],
    ['a[b]', null],
    ['a[0', null],
    ['-key', ['-key']],
    ['--x.-y', ['--x', '-y']],
    ['a[-1]', null],
    ['a["b"', null],
    ['a["b]', null],
    ['a b', ['a b']],
    ['a["\\\\"]', ['a', '\\']],
    ['a]', null],
    ['[0]', ['0']],
    ['..', null],
    ['a[0]b', null],
  ]
  for (const [path, keys] of paths) {
    it(`reads ${path || 'the empty one'} as ${JSON.stringify(keys)}`, () => {
      expect(parseKeyPath(path)).to.deep.equal(keys)
    })
  }

  it('is made of keys in a form that reads back as they were', () => {
    for (const keys of [
      ['a', '0', 'b'],
      ['b.c', 'd'],
      ['a', ''],
      ['say "hi"', '\\', ']['],
      ['__proto__', 'x'],
    ]) {
      expect(parseKeyPath(keys.reduce(addKey, ''))).to.deep.equal(keys)
    }
  })
})

describe('looking up', () => {
  const config = JSON.parse('{"a": [{"b": 1}], "n": null, "s": "text", "__proto__": {"x": 1}}')

  it('finds what is there and nothing else', () => {
    expect(lookUp(config, ['a', '0', 'b'])).to.equal(1)
    expect(lookUp(config, ['n'])).to.equal(null)
    expect(lookUp(config, ['__proto__', 'x'])).to.equal(1)
    expect(lookUp(config, [])).to.equal(config)
    for (const keys of [
      ['none'],
      ['n', 'x'],
      ['s', 'length'],
      ['a', 'length'],
      ['a', '-1'],
      ['a', '1'],
      ['a', '0x0'],
      ['a', ' 0'],
      ['a', '0.0'],
      ['a', ''],
      ['toString'],
    ])
      expect(lookUp(config, keys), keys.join('.')).to.equal(undefined)
  })

  it('lists every value under a path that finds it', () => {
    const listed = [...listValues(config)]
    expect(listed.map(({ path }) => path)).to.deep.equal([
      '.',
      'a',
      'a.0',
      'a.0.b',
      'n',
      's',
      '__proto__',
      '__proto__.x',
    ])
    for (const { path, value } of listed)
      expect(lookUp(config, parseKeyPath(path) ?? ['none'])).to.equal(value)
  })

  it('prints text as it is and the rest as JSON', () => {
    expect(['a "b"', null, true, 0.1, [1], { a: 'b' }].map(printValue)).to.deep.equal([
      'a "b"',
      'null',
      'true',
      '0.1',
      '[1]',
      '{"a":"b"}',
    ])
  })
})
