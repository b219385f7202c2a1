import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { traceOrigins } from '../../ww/config/origins.ts'

/** What `traceOrigins` finds at a key, given the weak and the strong layer: source, value, whether it is deleted. */
const trace = (weak: JsonObject, strong: JsonObject, ...keys: string[]) =>
  traceOrigins(
    [
      { source: 'weak', value: weak },
      { source: 'strong', value: strong },
    ],
    keys,
  ).map(({ layer, value, deleted }) => [layer.source, value, deleted])

describe('where a value comes from', () => {
  it('is every layer that has it, the strongest first', () => {
    expect(trace({ a: 1 }, { a: 2 }, 'a')).to.deep.equal([
      ['strong', 2, false],
      ['weak', 1, false],
    ])
    expect(trace({ a: 1 }, { b: 2 }, 'a')).to.deep.equal([['weak', 1, false]])
    expect(trace({ a: 1 }, { b: 2 }, 'c')).to.deep.equal([])
  })

  it('is, for objects, each layer with its part', () => {
    expect(trace({ a: { x: 1 } }, { a: { y: 2 } }, 'a')).to.deep.equal([
      ['strong', { y: 2 }, false],
      ['weak', { x: 1 }, false],
    ])
    expect(trace({ a: { x: 1 } }, { a: { y: 2 } }, 'a', 'x')).to.deep.equal([['weak', 1, false]])
  })

  it('leaves out what a stronger layer has replaced as a whole', () => {
    expect(trace({ a: { x: 1 } }, { a: 5 }, 'a', 'x')).to.deep.equal([])
    expect(trace({ a: [1, 2] }, { a: [3] }, 'a', '0')).to.deep.equal([['strong', 3, false]])
    expect(trace({ a: [1, 2] }, { a: [3] }, 'a', '1')).to.deep.equal([])
    expect(trace({ a: { x: 1 } }, { a: { $file: '/s' } }, 'a', 'x')).to.deep.equal([])
  })

  it('is a layer that deletes it, or what is around it', () => {
    expect(trace({ a: 1 }, { a: null }, 'a')).to.deep.equal([
      ['strong', null, true],
      ['weak', 1, false],
    ])
    expect(trace({ a: { x: 1 } }, { a: null }, 'a', 'x')).to.deep.equal([
      ['strong', null, true],
      ['weak', 1, false],
    ])
  })

  it('is every layer for the root', () => {
    expect(trace({ a: 1 }, { b: 2 })).to.deep.equal([
      ['strong', { b: 2 }, false],
      ['weak', { a: 1 }, false],
    ])
  })
})
