import { expect } from 'chai'
import { flattenNumbers, numberAt } from '../../ww/receiver/numbers.ts'

describe('a number of stats', () => {
  it('is found by every path that it is listed under, and by no other', () => {
    const stats = { a: 1, b: { c: 2, 'd.e': 3, f: [4, { g: true }] }, 'b.h': { i: false }, ab: 7 }
    const listed = flattenNumbers(stats)
    expect(listed.length).to.equal(7)
    for (const [path, number] of listed) expect(numberAt(stats, path), path).to.equal(number)
    for (const path of ['', 'b', 'b.', 'b.c.d', 'a.b', 'b.f.2', 'x'])
      expect(numberAt(stats, path)).to.equal(undefined)
  })
})
