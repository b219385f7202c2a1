import { expect } from 'chai'
import { Unfiled } from '../../ww/receiver/unfiled.ts'

/** Notes an event for each instance, at the positions 1, 2, 3 … */
function note(...instances: readonly string[]): Unfiled {
  const unfiled = new Unfiled()
  for (const [index, instance] of instances.entries())
    unfiled.note(instance, { position: index + 1, sequence: index })
  return unfiled
}

describe('the events that are not filed', () => {
  it('are known by their instance, in order', () => {
    const unfiled = note('a', 'b', 'a')
    expect(unfiled.of('a').map(({ position }) => position)).to.deep.equal([1, 3])
    expect(unfiled.of('c')).to.deep.equal([])
    expect(unfiled.size).to.equal(3)
  })

  it('wait while there are few', () => {
    expect([...note('a', 'b').due()]).to.deep.equal([])
  })

  it('are filed with all others of their instance, whoever waits longest first', () => {
    const unfiled = note('a', 'b', 'a', 'c')
    expect([...unfiled.due(3)]).to.deep.equal(['a'])
    expect([...unfiled.due(1)]).to.deep.equal(['a', 'b'])
    unfiled.drop(new Set(['a']))
    unfiled.note('a', { position: 5, sequence: 9 })
    expect([...unfiled.due(0)]).to.deep.equal(['b', 'c', 'a'])
  })

  it('are filed at once when an instance has very many', () => {
    const unfiled = note('a', ...Array.from({ length: 500 }, () => 'b'))
    expect([...unfiled.due()]).to.deep.equal(['b'])
    unfiled.drop(new Set(['b']))
    expect([...unfiled.due()]).to.deep.equal([])
    expect(unfiled.size).to.equal(1)
  })

  it('tell up to where everything is filed', () => {
    const unfiled = note('a', 'b', 'a', 'c')
    expect(unfiled.filedTo(new Set())).to.equal(0)
    expect(unfiled.filedTo(new Set(['a']))).to.equal(1)
    expect(unfiled.filedTo(new Set(['a', 'b']))).to.equal(3)
    expect(unfiled.filedTo(new Set(['a', 'b', 'c']))).to.equal(4)
    expect(unfiled.filedTo(new Set(['c'])), 'an earlier one is not').to.equal(0)
  })
})
