import { expect } from 'chai'
import { mergeObjects } from '../../ww/config/merge.ts'

const parse = (text: string) => JSON.parse(text)

describe('merging', () => {
  it('makes an empty object of nothing, and a copy of one', () => {
    expect(mergeObjects([])).to.deep.equal({})
    expect(mergeObjects([{ a: { b: 1 } }])).to.deep.equal({ a: { b: 1 } })
  })

  it('merges objects at every depth, the later one stronger', () => {
    const merged = mergeObjects([
      { a: { b: { x: 1, y: 1 } } },
      { a: { b: { y: 2 } } },
      { a: { b: { z: 3 } } },
    ])
    expect(merged).to.deep.equal({ a: { b: { x: 1, y: 2, z: 3 } } })
  })

  it('replaces arrays as a whole, and never concatenates them', () => {
    expect(mergeObjects([{ a: [1, 2, { x: 1 }] }, { a: [{ y: 2 }] }])).to.deep.equal({ a: [{ y: 2 }] })
    expect(mergeObjects([{ a: [1] }, { a: [] }])).to.deep.equal({ a: [] })
  })

  it('replaces what is of another type', () => {
    expect(mergeObjects([{ a: { x: 1 } }, { a: 5 }])).to.deep.equal({ a: 5 })
    expect(mergeObjects([{ a: 5 }, { a: { x: 1 } }])).to.deep.equal({ a: { x: 1 } })
    expect(mergeObjects([{ a: [1] }, { a: { x: 1 } }])).to.deep.equal({ a: { x: 1 } })
    expect(mergeObjects([{ a: { x: 1 } }, { a: [1] }])).to.deep.equal({ a: [1] })
  })

  it('deletes by null, at every depth, also what was never there', () => {
    expect(
      mergeObjects([
        { a: 1, b: { c: 1, d: 2 } },
        { a: null, b: { c: null } },
      ]),
    ).to.deep.equal({ b: { d: 2 } })
    expect(mergeObjects([{ a: null, b: { c: null } }])).to.deep.equal({ b: {} })
    expect(mergeObjects([{ a: 1 }, { a: null }, { a: 2 }])).to.deep.equal({ a: 2 })
  })

  it('has null in arrays as a value', () => {
    expect(mergeObjects([{ a: [null, { b: null }] }])).to.deep.equal({ a: [null, { b: null }] })
  })

  it('replaces a secret as a whole, and a whole by a secret', () => {
    expect(mergeObjects([{ a: { $file: '/x' } }, { a: { y: 2 } }])).to.deep.equal({ a: { y: 2 } })
    expect(mergeObjects([{ a: { x: 1 } }, { a: { $file: '/x' } }])).to.deep.equal({ a: { $file: '/x' } })
    expect(mergeObjects([{ a: { $file: '/x', y: 1 } }, { a: { $file: '/z' } }])).to.deep.equal({
      a: { $file: '/z' },
    })
  })

  it('has keys that every object has as data, and changes no other object by them', () => {
    const merged = mergeObjects([
      parse('{"__proto__": {"a": 1}, "constructor": 1, "toString": {"x": 1}}'),
      parse(
        '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "toString": null}',
      ),
    ])
    expect(JSON.stringify(merged)).to.equal(
      '{"__proto__":{"a":1,"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    )
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined)
    expect(Object.getPrototypeOf(merged)).to.equal(Object.prototype)
  })

  it('leaves the objects that it merges as they were', () => {
    const weak = { a: { b: 1 } }
    const strong = { a: { c: null } }
    mergeObjects([weak, strong])
    expect({ weak, strong }).to.deep.equal({ weak: { a: { b: 1 } }, strong: { a: { c: null } } })
  })

  it('keeps numbers as they are written', () => {
    const merged = mergeObjects([
      { a: JSON.rawJSON('1.0'), b: JSON.rawJSON('1e21') },
      { a: JSON.rawJSON('2.0') },
    ])
    expect(JSON.stringify(merged)).to.equal('{"a":2.0,"b":1e21}')
  })
})
