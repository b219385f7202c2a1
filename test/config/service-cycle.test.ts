import { expect } from 'chai'
import { findCycle } from '../../ww/config/service-cycle.ts'

describe('findCycle', () => {
  it('finds none in a graph without', () => {
    expect(findCycle({})).to.equal(null)
    expect(findCycle({ a: [], b: ['a'], c: ['a', 'b'], d: ['b', 'c', 'elsewhere', 'toString'] })).to.equal(
      null,
    )
  })

  it('returns it from a name back to itself, without the way to it', () => {
    expect(findCycle({ a: ['a'] })).to.deep.equal(['a', 'a'])
    expect(findCycle({ x: ['a'], a: ['b'], b: ['c'], c: ['a'] })).to.deep.equal(['a', 'b', 'c', 'a'])
    expect(findCycle({ a: ['b'], b: [], c: ['b', 'd'], d: ['c'] })).to.deep.equal(['c', 'd', 'c'])
  })

  it('needs no more time for many paths', () => {
    const layers = Array.from({ length: 200 }, (_, index) => [
      [`a${index}`, [`a${index + 1}`, `b${index + 1}`]],
      [`b${index}`, [`a${index + 1}`, `b${index + 1}`]],
    ])
    expect(findCycle(Object.fromEntries(layers.flat()))).to.equal(null)
  })
})
