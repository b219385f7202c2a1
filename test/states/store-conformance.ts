import { expect } from 'chai'
import type { MachineRecord } from '../../ww/states/record.ts'
import type { StateStore } from '../../ww/states/store.ts'
import { countMany, countOf, countUp, newCounter } from '../helpers/machine-records.ts'
import { until } from '../helpers/until.ts'

/** A store without machines, opened for one test. */
export type OpenedStore = {
  readonly store: StateStore
  /** One more on the same machines: a replica; or, where there can be but one, the next after `store` was closed. */
  another(): Promise<StateStore>
  /** Closes all of them and removes what they kept. */
  close(): Promise<void>
}

/** What every store of machines promises. */
export function describeStateStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name}, as a store of machines`, () => {
    let opened: OpenedStore
    let store: StateStore

    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })

    afterEach(() => opened.close())

    it('is empty at first: nothing to list, to read, to update or to remove', async () => {
      expect(await store.list()).to.deep.equal([])
      expect(await store.read('shop')).to.equal(null)
      expect(await store.update('shop', countUp())).to.equal(null)
      expect(await store.remove('shop')).to.equal(false)
    })

    it('keeps a new machine as it is', async () => {
      expect(await store.create('shop', newCounter())).to.equal(true)
      expect(await store.read('shop')).to.deep.equal(newCounter())
    })

    it('lists the names in order', async () => {
      for (const one of ['shop', 'cellar', 'shop-2', 'Attic']) await store.create(one, newCounter())
      expect(await store.list()).to.deep.equal(['Attic', 'cellar', 'shop', 'shop-2'])
    })

    it('makes no second machine of a name, and leaves the first as it was', async () => {
      await store.create('shop', newCounter())
      await store.update('shop', countUp())
      expect(await store.create('shop', newCounter())).to.equal(false)
      expect(countOf(await store.read('shop'))).to.equal(1)
    })

    it('makes one machine of a name when two ask at once', async () => {
      const made = await Promise.all([1, 2, 3].map(() => store.create('shop', newCounter())))
      expect(made.filter(Boolean)).to.have.length(1)
    })

    it('keeps what an update decides, and gives its answer', async () => {
      await store.create('shop', newCounter())
      const done = await store.update('shop', countUp('somebody', 'key-1'))
      expect(done?.answer).to.equal(1)
      expect(done?.record.keys).to.deep.equal({ 'key-1': 2 })
      expect(await store.read('shop')).to.deep.equal(done?.record)
    })

    it('sets the revision by itself: one more with each change', async () => {
      await store.create('shop', newCounter())
      const done = await store.update('shop', (record) => ({
        record: { ...record, revision: 99 },
        answer: 0,
      }))
      expect(done?.record.revision).to.equal(2)
      expect((await store.read('shop'))?.revision).to.equal(2)
    })

    it('changes nothing when an update decides so', async () => {
      await store.create('shop', newCounter())
      const done = await store.update('shop', () => ({ answer: 'no' }))
      expect(done).to.deep.equal({ answer: 'no', record: newCounter() })
      expect(await store.read('shop')).to.deep.equal(newCounter())
    })

    it('rejects an update whose decision throws, and that one alone', async () => {
      await store.create('shop', newCounter())
      const refuse = (): never => {
        throw new Error('no such thing')
      }
      const outcomes = await Promise.allSettled([
        store.update('shop', countUp()),
        store.update('shop', refuse),
        store.update('shop', countUp()),
      ])
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled'])
      expect(outcomes[1]).to.have.nested.property('reason.message', 'no such thing')
      expect(countOf(await store.read('shop'))).to.equal(2)
    })

    it('loses and doubles none of many updates at once, and lets each see those before it', async () => {
      await store.create('shop', newCounter())
      const answers = await countMany(store, 'shop', 400, 32)
      expect(answers.sort((a, b) => a - b)).to.deep.equal(
        Array.from({ length: 400 }, (_, index) => index + 1),
      )
      expect((await store.read('shop'))?.revision).to.equal(401)
    })

    it('counts an idempotency key once, however many ask at once', async () => {
      await store.create('shop', newCounter())
      await Promise.all(Array.from({ length: 20 }, () => store.update('shop', countUp('test', 'once'))))
      expect(countOf(await store.read('shop'))).to.equal(1)
    })

    it('keeps machines apart', async () => {
      await store.create('shop', newCounter())
      await store.create('cellar', newCounter())
      await Promise.all([countMany(store, 'shop', 30, 8), countMany(store, 'cellar', 20, 8)])
      expect(countOf(await store.read('shop'))).to.equal(30)
      expect(countOf(await store.read('cellar'))).to.equal(20)
    })

    it('forgets a machine that is removed, and can make it anew', async () => {
      await store.create('shop', newCounter())
      await countMany(store, 'shop', 5, 1)
      expect(await store.remove('shop')).to.equal(true)
      expect(await store.read('shop')).to.equal(null)
      expect(await store.list()).to.deep.equal([])
      expect(await store.update('shop', countUp())).to.equal(null)
      expect(await store.create('shop', newCounter())).to.equal(true)
      expect(await store.read('shop')).to.deep.equal(newCounter())
    })

    it('shows all of it to another one: states, history and keys, after thousands of changes too', async () => {
      await store.create('shop', newCounter())
      await store.create('gone', newCounter())
      await store.remove('gone')
      const keyed = (index: number) => store.update('shop', countUp('test', `key ${index}`))
      for (const start of [0, 600, 1_200])
        await Promise.all(Array.from({ length: 600 }, (_, index) => keyed(start + index)))
      for (let index = 0; index < 10; index += 1) await keyed(1_800 + index)
      const record = await store.read('shop')
      expect(countOf(record)).to.equal(1_810)
      expect(record?.history).to.have.length(1_000)
      const other = await opened.another()
      expect(await other.list()).to.deep.equal(['shop'])
      expect(await other.read('shop')).to.deep.equal(record)
      expect((await other.update('shop', countUp('test', 'key 1809')))?.answer).to.equal(1_810)
      expect((await other.update('shop', countUp('test', 'key 2000')))?.answer).to.equal(1_811)
    })

    it('tells of each change in order, and of a removal with null', async () => {
      const heard: [string, number | null][] = []
      store.watch((machine, record) => heard.push([machine, record?.revision ?? null]))
      await store.create('shop', newCounter())
      await store.update('shop', countUp())
      await store.update('shop', () => ({ answer: 'nothing' }))
      await store.update('shop', countUp())
      await store.remove('shop')
      await until(() => heard.length >= 4, 'four changes are told')
      expect(heard).to.deep.equal([
        ['shop', 1],
        ['shop', 2],
        ['shop', 3],
        ['shop', null],
      ])
    })

    it('tells the whole record, and the newest last when many come together', async () => {
      await store.create('shop', newCounter())
      let last: MachineRecord | null = null
      store.watch((_, record) => {
        last = record
      })
      await countMany(store, 'shop', 200, 32)
      await until(() => last?.revision === 201, 'the last change is told')
      expect(last).to.deep.equal(await store.read('shop'))
    })

    it('tells nothing more to a listener that has stopped', async () => {
      const heard: string[] = []
      const stopped: string[] = []
      const stop = store.watch((machine) => stopped.push(machine))
      store.watch((machine) => heard.push(machine))
      stop()
      await store.create('shop', newCounter())
      await until(() => heard.length > 0, 'the other one hears of it')
      expect(stopped).to.deep.equal([])
    })
  })
}
