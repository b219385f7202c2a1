import { expect } from 'chai'
import { environment } from '../../ww/config/environment-kind.ts'
import { readAs } from './settings-of.ts'

describe('the variables of a service', () => {
  it('are texts, also where they are given as numbers and truth values', () => {
    expect(readAs(environment, { A: 'x', b_1: 2, 'with-dash': true, EMPTY: '', ww: 'x' })).to.deep.equal({
      A: 'x',
      b_1: '2',
      'with-dash': 'true',
      EMPTY: '',
      ww: 'x',
    })
  })

  it("do not replace whaleware's own", () => {
    expect(readAs(environment, { WW_RUN: '/tmp', A: 'x' })).to.equal(
      "wrong: WW_RUN: names that begin with WW_ are whaleware's own; choose another name",
    )
  })

  it('have names and values that a process can have', () => {
    expect(readAs(environment, { 'A=B': 'x', '': 'y' })).to.equal(
      'wrong: A=B: cannot be the name of a variable; remove = from it | wrong: : cannot be the name of a variable; remove = from it',
    )
    expect(readAs(environment, { A: {}, B: null, C: 'a\0b' })).to.equal(
      'wrong: A: must be a string without NUL, not {} | wrong: B: must be a string without NUL, not null | ' +
        'wrong: C: must be a string without NUL, not "a\\u0000b"',
    )
    expect(readAs(environment, ['A=x'])).to.equal(
      'wrong: must be an object from variable to value, not ["A=x"]',
    )
  })
})
