import { expect } from 'chai'
import { findingsOf, formatFinding } from '../../ww/check/finding.ts'

describe('a finding', () => {
  it('is printed as compilers print theirs', () => {
    expect(formatFinding({ level: 'error', file: 'usr/serve', text: 'is bad', line: 3 })).to.equal(
      'usr/serve:3: error: is bad',
    )
    expect(formatFinding({ level: 'warning', file: 'CFG', text: 'is odd' })).to.equal('CFG: warning: is odd')
  })

  it('is made for one file, with or without a line', () => {
    expect(findingsOf('a')('error', 'x')).to.deep.equal({ level: 'error', file: 'a', text: 'x' })
    expect(findingsOf('a')('warning', 'x', 1)).to.deep.equal({
      level: 'warning',
      file: 'a',
      text: 'x',
      line: 1,
    })
  })
})
