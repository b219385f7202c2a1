import { expect } from 'chai'
import { dependentsOf, findCycle, graphOf, orderOf } from '../../ww/lifecycle/service-graph.ts'

const after: Record<string, string[]> = { web: ['php', 'migrate'], php: ['db'], migrate: ['db'], db: [] }
const afterOf = (name: string): readonly string[] => after[name] ?? []

describe('the graph of services', () => {
  it('has what each of those that run is after', () => {
    const graph = graphOf(['db', 'migrate', 'other', 'php', 'web'], afterOf)
    expect([...graph]).to.deep.equal([
      ['db', []],
      ['migrate', ['db']],
      ['other', []],
      ['php', ['db']],
      ['web', ['php', 'migrate']],
    ])
  })

  it('passes through what does not run: who is after it is after what it is after', () => {
    expect([...graphOf(['db', 'web'], afterOf)]).to.deep.equal([
      ['db', []],
      ['web', ['db']],
    ])
    expect([...graphOf(['web'], afterOf)]).to.deep.equal([['web', []]])
  })

  it('names each only once', () => {
    expect(graphOf(['db', 'web'], () => []).get('web')).to.deep.equal([])
    expect(graphOf(['db', 'web'], (name) => (name === 'web' ? ['db', 'db'] : [])).get('web')).to.deep.equal([
      'db',
    ])
  })

  it('has an order in which each is behind those that it is after, and otherwise as given', () => {
    expect(orderOf(graphOf(['web', 'a', 'php', 'migrate', 'db'], afterOf))).to.deep.equal([
      'db',
      'php',
      'migrate',
      'web',
      'a',
    ])
    expect(orderOf(new Map())).to.deep.equal([])
  })

  it('has those that are after a service, directly', () => {
    const graph = graphOf(['db', 'migrate', 'php', 'web'], afterOf)
    expect(dependentsOf(graph, 'db')).to.deep.equal(['migrate', 'php'])
    expect(dependentsOf(graph, 'web')).to.deep.equal([])
    expect(dependentsOf(graph, 'none')).to.deep.equal([])
  })

  it('has no cycle', () => {
    expect(findCycle({ a: ['b'], b: ['a'] })).to.deep.equal(['a', 'b', 'a'])
    expect(findCycle(after)).to.equal(null)
  })
})
