import { expect } from 'chai'
import type { InstanceView } from '../../../ww/receiver/model.ts'
import { addressOf, readAddress } from '../../../ww/receiver/page/address.ts'
import { applyMessage, emptyFleet } from '../../../ww/receiver/page/fleet-state.ts'
import { makeSearch, termOf } from '../../../ww/receiver/page/search.ts'
import {
  countStatuses,
  type Selection,
  selectRows,
  usualSelection,
} from '../../../ww/receiver/page/selection.ts'
import { sayAge, sayNumber, sayStats } from '../../../ww/receiver/page/words.ts'

const view = (instance: string, more: Partial<InstanceView> = {}): InstanceView => ({
  ...{
    id: `shop:${instance}`,
    app: 'shop',
    instance,
    host: 'h1',
    version: '1',
    labels: {},
    configHash: '',
    bootId: 'a',
  },
  ...{
    state: 'UP',
    previous: null,
    reason: '',
    since: '2026-01-01T00:00:00Z',
    heardAt: '2026-01-01T00:00:00Z',
  },
  ...{ interval: null, silence: null, stuck: false, status: 'UP', stats: null, statsAt: null, missing: 0 },
  restarts: { hour: 0, day: 0 },
  ...more,
})
const now = '2026-01-01T00:00:00Z'

describe('what the page shows of the fleet', () => {
  const fleet = [
    view('b'),
    view('a', { host: 'h2' }),
    view('c', { status: 'LOST' }),
    view('d', { status: 'WARMUP' }),
  ]
  const names = (change: object): string[] =>
    selectRows(fleet, { ...usualSelection, ...change }).map((row) =>
      row.kind === 'group' ? `[${row.name}]` : row.view.instance,
    )

  it('has the most urgent on top', () => {
    expect(names({})).to.deep.equal(['c', 'd', 'a', 'b'])
    expect(countStatuses(fleet)).to.deep.equal([
      ['LOST', 1],
      ['WARMUP', 1],
      ['UP', 2],
    ])
  })

  it('is searched by every word in any column, and filtered by status', () => {
    expect(names({ search: 'H1 lost' })).to.deep.equal(['c'])
    expect(names({ search: 'nothing' })).to.deep.equal([])
    expect(names({ status: 'LOST' })).to.deep.equal(['c'])
  })

  it('is searched by the name of a column for that value and no other', () => {
    const hosts = [view('a', { host: 'rack 1' }), view('b', { host: 'rack 12' }), view('c', { host: 'H1' })]
    const found = (search: string): string[] =>
      hosts.filter(makeSearch(search)).map(({ instance }) => instance)
    expect(found('rack 1')).to.deep.equal(['a', 'b'])
    expect(found(termOf('host', 'rack 1'))).to.deep.equal(['a'])
    expect(found(`${termOf('host', 'H1')} shop`)).to.deep.equal(['c'])
    expect(found('why:1'), 'no column of this name').to.deep.equal([])
  })

  it('is sorted up and down, and grouped', () => {
    expect(names({ sort: 'instance' })).to.deep.equal(['a', 'b', 'c', 'd'])
    expect(names({ sort: 'instance', descending: true })).to.deep.equal(['d', 'c', 'b', 'a'])
    const many = ['web-10', 'web-9', 'web-1'].map((name) =>
      view(name, { version: name.replace('web-', '1.') }),
    )
    for (const sort of ['instance', 'version'] as const)
      expect(
        selectRows(many, { ...usualSelection, sort }).map((row) => 'view' in row && row.view.instance),
      ).to.deep.equal(['web-1', 'web-9', 'web-10'])
    expect(names({ group: 'host' })).to.deep.equal(['[h1]', 'c', 'd', 'b', '[h2]', 'a'])
    expect(selectRows(fleet, { ...usualSelection, group: 'host' })[0]).to.include({ count: 3, troubled: 1 })
  })
})

describe('the address of the page', () => {
  it('has what is selected, and nothing of what is as usual', () => {
    expect(addressOf(usualSelection)).to.equal('#/')
    expect(addressOf({ ...usualSelection, status: 'LOST', search: 'host:h1 a&b' })).to.equal(
      '#/?search=host%3Ah1+a%26b&status=LOST',
    )
  })

  it('is read as it was written', () => {
    const selections: Selection[] = [
      usualSelection,
      { search: 'ä "b c" 50%', status: 'UP', sort: 'heardAt', descending: true, group: 'host' },
    ]
    for (const selection of selections)
      expect(readAddress(addressOf(selection))).to.deep.equal({ kind: 'fleet', selection })
    expect(readAddress('#/instances/shop:web-1')).to.deep.equal({ kind: 'instance', id: 'shop:web-1' })
  })

  it('is the whole fleet when it is not understood', () => {
    for (const hash of ['', '#', '#/nowhere', '#/?sort=colour&group=colour'])
      expect(readAddress(hash)).to.deep.equal({ kind: 'fleet', selection: usualSelection })
  })
})

describe('the fleet as the page knows it', () => {
  it('begins with the snapshot and follows each change', () => {
    const first = applyMessage(emptyFleet, {
      type: 'snapshot',
      now,
      instances: [view('a'), view('b')],
      apps: [],
    })
    const changed = view('a', { status: 'ERROR' })
    const next = applyMessage(first, {
      type: 'change',
      now,
      instances: [changed, view('c')],
      apps: [],
      gone: ['shop:b'],
    })
    expect([...next.instances.keys()]).to.deep.equal(['shop:a', 'shop:c'])
    expect(next.instances.get('shop:a')).to.equal(changed)
    expect([...first.instances.keys()]).to.deep.equal(['shop:a', 'shop:b'])
  })

  it('forgets all that a new snapshot does not have', () => {
    const first = applyMessage(emptyFleet, { type: 'snapshot', now, instances: [view('a')], apps: [] })
    expect(
      applyMessage(first, { type: 'snapshot', now, instances: [view('b')], apps: [] }).instances.has(
        'shop:a',
      ),
    ).to.equal(false)
  })
})

describe('the words of the page', () => {
  it('say ages in one unit', () => {
    const at = Date.parse(now)
    expect([5, 65, 7200, 200_000].map((s) => sayAge(now, at + s * 1000))).to.deep.equal([
      '5 s',
      '1 min',
      '2 h',
      '2 d',
    ])
    expect(sayAge(null, at)).to.equal('never')
  })

  it('say numbers and stats in a few letters', () => {
    expect([0.123456, 12, 1234, 1.5e6, -2.5e9].map(sayNumber)).to.deep.equal([
      '0.123',
      '12',
      '1.23k',
      '1.5M',
      '-2.5G',
    ])
    expect(sayStats({ load: 0.5, name: 'x', size: 2048, a: 1, b: 2 })).to.equal('load 0.5 · size 2.05k · a 1')
    expect(sayStats(null)).to.equal('')
  })
})
