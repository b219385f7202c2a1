import { expect } from 'chai'
import { mustBe, show, wrong } from '../../ww/config/wrong.ts'

describe('what is wrong with a value', () => {
  it('is what it must be, and what it is instead, which a safe message leaves out', () => {
    expect(mustBe('must be 1', 2).faults).to.deep.equal([
      { below: [], problem: 'must be 1, not 2', safe: 'must be 1' },
    ])
  })

  it('may have a fix, and may show nothing of the value', () => {
    expect(wrong('is bad').faults).to.deep.equal([{ below: [], problem: 'is bad' }])
    expect(wrong('is bad', 'remove it').faults).to.deep.equal([
      { below: [], problem: 'is bad', fix: 'remove it' },
    ])
  })

  it('shows a value as JSON of at most 60 letters', () => {
    expect(show('a')).to.equal('"a"')
    expect(show({ a: [null] })).to.equal('{"a":[null]}')
    expect(show(undefined)).to.equal('nothing')
    expect(show('x'.repeat(58))).to.equal(`"${'x'.repeat(58)}"`)
    expect(show('x'.repeat(59))).to.equal(`"${'x'.repeat(59)}…`)
  })
})
