import { expect } from 'chai'
import { nearest } from '../../ww/base/nearest.ts'

describe('nearest', () => {
  it('finds the candidate that differs least', () => {
    expect(nearest('firstbot', ['boot', 'firstboot'])).to.equal('firstboot')
    expect(nearest('bot', ['boost', 'boot'])).to.equal('boot')
  })

  it('counts two swapped letters as one difference', () => {
    expect(nearest('corn', ['splay', 'cron'])).to.equal('cron')
  })

  it('ignores case', () => {
    expect(nearest('MONITOR', ['monitor'])).to.equal('monitor')
  })

  it('finds nothing that differs in more than a third of its letters', () => {
    expect(nearest('xyz', ['boot', 'firstboot'])).to.equal(undefined)
    expect(nearest('abcd', ['abxy'])).to.equal(undefined)
    expect(nearest('abcdxy', ['abcdef'])).to.equal('abcdef')
  })

  it('allows one difference in a short word', () => {
    expect(nearest('ub', ['up'])).to.equal('up')
  })

  it('finds nothing among no candidates', () => {
    expect(nearest('a', [])).to.equal(undefined)
  })
})
