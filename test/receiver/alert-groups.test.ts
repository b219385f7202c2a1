import { expect } from 'chai'
import { groupAlerts } from '../../ww/receiver/alert-groups.ts'
import { evaluate } from '../../ww/receiver/alerts.ts'
import type { InstanceView } from '../../ww/receiver/model.ts'
import { makeLost, makeView } from './views.ts'

const rules = [
  { name: 'lost', condition: { kind: 'status', is: ['LOST'] } as const, app: null, hold: 0, resolve: 0 },
  { name: 'error', condition: { kind: 'status', is: ['ERROR'] } as const, app: null, hold: 0, resolve: 0 },
]

/** So many of something. */
function many(count: number, make: (index: number) => InstanceView): InstanceView[] {
  return Array.from({ length: count }, (_, index) => make(index))
}

const summaries = (fleet: readonly InstanceView[]): string[] =>
  groupAlerts(evaluate([], fleet, rules, 1000), fleet).map(({ summary }) => summary)

describe('alerts told together', () => {
  const healthy = many(100, (i) => makeView(`ok-${i}`, { host: `h${i % 5}`, version: `${i % 2}` }))

  it('name the host that their instances share', () => {
    const lost = many(12, (i) => makeLost(`${i}`, { host: 'A', app: i % 2 ? 'shop' : 'mail' }))
    expect(summaries([...healthy, ...lost])).to.deep.equal(['12 instances LOST, all on host A'])
  })

  it('name the version of an app that fails wherever it runs', () => {
    const bad = many(6, (i) => makeView(`${i}`, { state: 'ERROR', version: '2', host: `h${i % 5}` }))
    const groups = summaries([...many(100, (i) => makeView(`ok-${i}`, { host: `h${i % 5}` })), ...bad])
    expect(groups).to.deep.equal(['6 instances ERROR, all of shop 2'])
  })

  it('name the app that fails wherever it runs, in whatever version', () => {
    const bad = many(6, (i) => makeLost(`${i}`, { app: 'mail', version: `${i}`, host: `h${i % 5}` }))
    expect(summaries([...healthy, ...bad])).to.deep.equal(['6 instances LOST, all of mail'])
  })

  it('are apart when they have different causes: a host, not the app that everybody is of', () => {
    const onHost = many(12, (i) => makeLost(`a${i}`, { host: 'A' }))
    const alone = makeLost('b', { host: 'h1' }, 500)
    expect(summaries([...healthy, ...onHost, alone])).to.deep.equal([
      '12 instances LOST, all on host A',
      'shop b: LOST on host h1',
    ])
  })

  it('are apart by their rules', () => {
    const fleet = [makeLost('1', { host: 'A' }), makeView('2', { host: 'A', state: 'ERROR' })]
    expect(summaries(fleet)).to.deep.equal(['shop 1: LOST on host A', 'shop 2: ERROR on host A'])
  })

  it('are only counted when they have nothing in common', () => {
    const strangers = many(3, (i) => makeLost(`${i}`, { host: `x${i}`, app: `app${i}` }))
    expect(summaries([...healthy, ...strangers])).to.deep.equal(['3 instances LOST, of 103'])
  })

  it('are one when it is the whole fleet, or most of it, wherever that runs', () => {
    const lost = many(90, (i) => makeLost(`${i}`, { host: `h${i % 9}`, app: `app${i % 7}` }))
    expect(summaries(lost)).to.deep.equal(['90 instances LOST, the whole fleet'])
    expect(summaries([...lost, ...healthy.slice(0, 10)])).to.deep.equal(['90 instances LOST, of 100'])
  })

  it('do not take what instances leave out for what they share', () => {
    const nameless = many(2, (i) => makeLost(`${i}`, { host: '', app: '', version: '' }))
    expect(summaries([...healthy, ...nameless])).to.deep.equal(['2 instances LOST, of 102'])
  })

  it('tell since when by the one that began first', () => {
    const fleet = [makeLost('1', { host: 'A' }, 700), makeLost('2', { host: 'A' }, 300)]
    const [group] = groupAlerts(evaluate([], fleet, rules, 1000), fleet)
    expect(group?.since).to.equal(300)
    expect(group?.alerts.map(({ instance }) => instance)).to.deep.equal(['2', '1'])
  })
})
