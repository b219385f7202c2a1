import { expect } from 'chai'
import { decideUpdate } from '../../ww/states/decide.ts'
import { readMachine } from '../../ww/states/read-yaml.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import type { StateStore } from '../../ww/states/store.ts'
import { until } from '../helpers/until.ts'
import { colours, door } from './charts.ts'

/** A store under test: `open` opens it again on the same data, as a restart or another replica does. */
export type StoreUnderTest = { open(): Promise<StateStore> }

const recordOf = (text: string): MachineRecord => {
  const read = readMachine(text)
  if ('problems' in read) throw new Error('the chart is wrong')
  return read.record
}
const count = (record: MachineRecord) =>
  decideUpdate(record, { by: 'me', at: '2026-11-21T04:00:00.000Z', key: `key ${record.revision}` })

/** What every store promises; the tests of each store call it. */
export function promiseAll(prepare: () => Promise<StoreUnderTest>): void {
  let place: StoreUnderTest
  let store: StateStore
  const counter = recordOf(colours.replace('value: 2', 'value: 1000000'))

  beforeEach(async () => {
    place = await prepare()
    store = await place.open()
  })
  afterEach(() => store.close())

  it('keeps what was created, and tells it by name', async () => {
    expect(await store.list()).to.deep.equal([])
    expect(await store.create('door', recordOf(door))).to.equal(true)
    expect(await store.create('a', counter)).to.equal(true)
    expect(await store.list()).to.deep.equal(['a', 'door'])
    expect(JSON.stringify(await store.read('a'))).to.equal(JSON.stringify(counter))
    expect(await store.read('b')).to.equal(null)
  })

  it('creates a machine of a name once, of many that try', async () => {
    const made = await Promise.all([1, 2, 3, 4, 5].map(() => store.create('a', counter)))
    expect(made.filter(Boolean).length).to.equal(1)
  })

  it('loses and doubles no update of many that come together, and answers each in its order', async () => {
    await store.create('a', counter)
    const updates = await Promise.all(Array.from({ length: 50 }, () => store.update('a', count)))
    const revisions = updates.map((update) => (update?.answer.ok ? update.answer.revision : 0))
    expect(revisions.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 50 }, (_, index) => index + 1))
    const record = await store.read('a')
    expect(record?.revision).to.equal(50)
    expect(record?.history.map(({ revision }) => revision)).to.deep.equal(
      Array.from({ length: 50 }, (_, index) => index + 1),
    )
  })

  it('changes nothing when the decision is not to', async () => {
    await store.create('a', counter)
    const update = await store.update('a', ({ revision }) => ({ answer: `seen ${revision}` }))
    expect([update?.answer, update?.record.revision]).to.deep.equal(['seen 0', 0])
    expect(await store.update('b', () => ({ answer: 1 }))).to.equal(null)
  })

  it('has everything again after it was closed: state, counts, history and keys', async () => {
    await store.create('a', counter)
    for (let i = 0; i < 3; i++) await store.update('a', count)
    await store.create('door', recordOf(door))
    await store.update('door', (record) => decideUpdate(record, { by: 'me', at: 'now', event: 'open' }))
    const before = [await store.read('a'), await store.read('door')]
    await store.close()
    store = await place.open()
    expect(JSON.stringify([await store.read('a'), await store.read('door')])).to.equal(JSON.stringify(before))
  })

  it('removes a machine once, and makes one of the same name anew', async () => {
    await store.create('a', counter)
    await store.update('a', count)
    expect([await store.remove('a'), await store.remove('a'), await store.read('a')]).to.deep.equal([
      true,
      false,
      null,
    ])
    expect(await store.create('a', counter)).to.equal(true)
    expect((await store.read('a'))?.revision).to.equal(0)
  })

  it('tells of each change in its order, and of a removal, until it is asked to stop', async () => {
    const told: string[] = []
    const stop = store.watch((name, record) => told.push(`${name} ${record?.revision ?? 'gone'}`))
    await store.create('a', counter)
    await Promise.all([1, 2, 3].map(() => store.update('a', count)))
    await store.remove('a')
    await until(
      () => told.length >= 5,
      () => told.join(),
    )
    expect(told).to.deep.equal(['a 0', 'a 1', 'a 2', 'a 3', 'a gone'])
    stop()
    await store.create('b', counter)
    await store.list()
    expect(told.length).to.equal(5)
  })
}
