import { expect } from 'chai'
import { nearest } from '../../ww/base/nearest.ts'

describe('the nearest word', () => {
  it('is one with a letter missing, added, changed or swapped', () => {
    for (const typo of ['statu', 'statuss', 'stabus', 'statsu', 'STATUS'])
      expect(nearest(typo, ['restart', 'status', 'stop']), typo).to.equal('status')
  })

  it('is the nearest of several', () => {
    expect(nearest('timeout', ['timers', 'timeouts'])).to.equal('timeouts')
  })

  it('is none when nothing is near: a third of its letters may differ, and at least one', () => {
    expect(nearest('abcdeX', ['abcdef'])).to.equal('abcdef')
    expect(nearest('abcdXY', ['abcdef'])).to.equal('abcdef')
    expect(nearest('abcXYZ', ['abcdef'])).to.equal(undefined)
    expect(nearest('aX', ['ab'])).to.equal('ab')
    expect(nearest('XY', ['ab'])).to.equal(undefined)
    expect(nearest('x', [])).to.equal(undefined)
  })
})
