import { expect } from 'chai'
import { findLine, locateProblems } from '../../ww/config/locate.ts'
import { linesOf } from './settings-of.ts'

const text = '{\n  "a": 1,\n  "b": {\n    "c": [\n      1,\n      {"d": 2}\n    ],\n    "x.y":\n 3\n  }\n}'
const file = { source: '/file.json', value: JSON.parse(text), text }

describe('the line of a key', () => {
  for (const [keys, line] of [
    [['a'], 2],
    [['b'], 3],
    [['b', 'c'], 4],
    [['b', 'c', '0'], 5],
    [['b', 'c', '1', 'd'], 6],
    [['b', 'x.y'], 8],
    [['none'], null],
    [['a', 'deeper'], null],
  ] as const) {
    it(`is ${line} for ${keys.join(' > ')}`, async () => {
      expect(await findLine(text, keys)).to.equal(line)
    })
  }

  it('is found for keys that are numbers in an object', async () => {
    expect(await findLine('{\n"1": {\n"2": 3}}', ['1', '2'])).to.equal(3)
  })

  it('is not found in an empty text', async () => {
    expect(await findLine('', ['a'])).to.equal(null)
  })
})

describe('the place of a problem', () => {
  const place = async (keyPath: string, layers = [file]) =>
    linesOf(await locateProblems([{ keyPath, problem: 'is bad' }], layers))[0]

  it('is the strongest layer that has the key', async () => {
    expect(await place('a')).to.equal('/file.json:2: a: is bad')
    const weak = { source: '/weak.json', value: { a: 0, z: 0 }, text: '{"a":0,"z":0}' }
    expect(await place('a', [weak, file])).to.equal('/file.json:2: a: is bad')
    expect(await place('z', [weak, file])).to.equal('/weak.json:1: z: is bad')
  })

  it('has no line where the layer is not a file', async () => {
    const cfg = { source: 'CFG', value: { a: 2 } }
    expect(linesOf(await locateProblems([{ keyPath: 'a', problem: 'is bad' }], [file, cfg]))).to.deep.equal([
      'CFG: a: is bad',
    ])
  })

  it('is that of what is around the key, where no layer has it', async () => {
    expect(await place('b.none')).to.equal('/file.json:3: b.none: is bad')
    expect(await place('b.c.1.none')).to.equal('/file.json:6: b.c.1.none: is bad')
  })

  it('is unknown where no layer has anything of it', async () => {
    expect(await place('none.at.all')).to.equal('none.at.all: is bad')
    expect(await place('')).to.equal('is bad')
  })
})
