import { expect } from 'chai'
import { isObject, mapKeys, secretFile, toPlain } from '../../ww/config/json.ts'

describe('JSON values', () => {
  it('are objects only when they have keys of their own to merge', () => {
    expect([{}, { a: 1 }].map(isObject)).to.deep.equal([true, true])
    expect([null, [], 1, 'a', undefined, JSON.rawJSON('1.0')].map(isObject)).to.not.include(true)
  })

  it('name a secret’s file in an object with $file alone', () => {
    expect(secretFile({ $file: '/x' })).to.equal('/x')
    for (const value of [{ $file: 5 }, { $file: '/x', y: 1 }, {}, '/x', null, undefined, ['/x']])
      expect(secretFile(value), JSON.stringify(value)).to.equal(null)
  })

  it('become plain numbers where they were kept as written', () => {
    expect(toPlain({ a: [JSON.rawJSON('1.50')], b: JSON.rawJSON('1e3') })).to.deep.equal({
      a: [1.5],
      b: 1000,
    })
  })

  it('change all their keys, at every depth', () => {
    expect(mapKeys([{ a: { b: [{ c: 1 }] } }, 'a', null], (key) => `.${key}`)).to.deep.equal([
      { '.a': { '.b': [{ '.c': 1 }] } },
      'a',
      null,
    ])
  })
})
