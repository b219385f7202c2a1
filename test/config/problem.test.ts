import { expect } from 'chai'
import { formatProblem, hideValue, joinKeys } from '../../ww/config/problem.ts'

describe('the line of a problem', () => {
  it('has the source, the line, the key path, the problem and the fix', () => {
    const problem = { source: '/etc/a.json', line: 3, keyPath: 'a.b', problem: 'must be 1', fix: 'write 1' }
    expect(formatProblem(problem)).to.equal('/etc/a.json:3: a.b: must be 1; write 1')
  })

  it('has only what there is', () => {
    expect(formatProblem({ keyPath: '', problem: 'is bad' })).to.equal('is bad')
    expect(formatProblem({ source: 'CFG', keyPath: '', problem: 'is bad' })).to.equal('CFG: is bad')
    expect(formatProblem({ source: 'CFG', keyPath: 'a', problem: 'is bad' })).to.equal('CFG: a: is bad')
  })

  it('is a sentence about the key where the problem is the key itself', () => {
    expect(formatProblem({ source: 'CFG', keyPath: 'a', kind: 'missing', problem: 'is missing' })).to.equal(
      'CFG: a is missing',
    )
  })
})

describe('a problem with a value that is secret', () => {
  it('has neither the value nor a fix that repeats it', () => {
    const problem = { keyPath: 'a', problem: '9 has no unit', fix: 'write "9s"', safe: 'must have a unit' }
    expect(hideValue(problem)).to.deep.equal({ keyPath: 'a', problem: 'must have a unit' })
  })

  it('is as it was when it shows nothing', () => {
    const problem = { keyPath: 'a', problem: 'is bad', fix: 'remove it' }
    expect(hideValue(problem)).to.deep.equal(problem)
  })
})

describe('joinKeys', () => {
  it('makes a key path of keys', () => {
    expect(joinKeys([])).to.equal('')
    expect(joinKeys(['ww', 'a.b', '0'])).to.equal('ww["a.b"].0')
  })
})
