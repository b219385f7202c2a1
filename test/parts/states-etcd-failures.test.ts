import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { openEtcdStore } from '../../ww/states/etcd-store.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import type { StateStore } from '../../ww/states/store.ts'
import { isStoreUnavailable, type StoreUnavailable } from '../../ww/states/unavailable.ts'
import { countMany, countOf, countUp, newCounter } from '../helpers/machine-records.ts'
import { type RealEtcd, startEtcd } from '../helpers/real-etcd.ts'
import { TcpProxy } from '../helpers/tcp-proxy.ts'
import { until } from '../helpers/until.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const inOrder = (answers: readonly number[]): number[] => answers.toSorted((a, b) => a - b)
const failureOf = async (promise: Promise<unknown>): Promise<StoreUnavailable> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!isStoreUnavailable(error)) throw new Error(`it was not refused for want of etcd: ${error}`)
  return error
}

describe('replicas on etcd', () => {
  let etcd: RealEtcd
  let proxy: TcpProxy
  let near: StateStore
  /** Behind a network that breaks. */
  let far: StateStore
  const opened: StateStore[] = []

  const open = async (address: string, patience = {}): Promise<StateStore> => {
    const store = await openEtcdStore(address, { attempt: 300, silence: 1_000, ...patience })
    opened.push(store)
    return store
  }

  beforeEach(async () => {
    etcd = await startEtcd()
    proxy = await TcpProxy.start(etcd.members[0]?.port ?? 0)
    near = await open(etcd.address())
    far = await open(`etcd://127.0.0.1:${proxy.port}`)
    await near.create('shop', newCounter())
    // it knows the machine, so that its next step is a write
    await far.read('shop')
  })

  afterEach(async () => {
    proxy.set('pass')
    await Promise.all(opened.splice(0).map((store) => store.close()))
    await proxy.close()
    await etcd.stop()
  })

  it('each see at once what another has changed', async () => {
    for (const count of upTo(50)) {
      const [one, other] = count % 2 ? [near, far] : [far, near]
      await one.update('shop', countUp())
      expect(countOf(await other.read('shop'))).to.equal(count)
    }
  })

  it('lose and double no increment when all of them count the same machine', async () => {
    const third = await open(etcd.address())
    const counts = await Promise.all([near, far, third].map((store) => countMany(store, 'shop', 200, 8)))
    expect(inOrder(counts.flat())).to.deep.equal(upTo(600))
  })

  it('lose and double none while one is cut off again and again, and loses answers', async () => {
    const ours: number[] = []
    const theirs: number[] = []
    let isDone = false
    const countOn = async (): Promise<void> => {
      while (!isDone) await countMany(near, 'shop', 50, 4, theirs)
    }
    const counts = [
      countMany(far, 'shop', 3_000, 8, ours).finally(() => (isDone = true)),
      countOn(),
      countOn(),
    ]
    for (const mode of [
      'cut',
      'swallow',
      'hold',
      'swallow',
      'cut',
      'swallow',
      'swallow',
      'swallow',
    ] as const) {
      const before = ours.length
      await until(() => ours.length > before + 100, 'it counts')
      proxy.set(mode)
      const others = theirs.length
      await until(() => theirs.length > others + 100, 'the others go on')
      proxy.set('pass')
    }
    await Promise.all(counts)
    expect(ours).to.have.length(3_000)
    expect(inOrder([...ours, ...theirs])).to.deep.equal(upTo(ours.length + theirs.length))
    expect(countOf(await far.read('shop'))).to.equal(ours.length + theirs.length)
  })

  it('lose and double none when a replica is killed with kill -9 in the middle', async () => {
    const width = 8
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'test/fixtures/etcd-replica.ts', etcd.address(), 'shop', String(width)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const acknowledged: number[] = []
    const lines = createInterface(child.stdout).on('line', (line) => acknowledged.push(Number(line)))
    await until(() => acknowledged.length > 50, 'the replica counts')
    const rest = countMany(near, 'shop', 500, 8)
    await until(() => acknowledged.length > 100, 'it counts beside another one')
    child.kill('SIGKILL')
    await Promise.all([once(child, 'exit'), once(lines, 'close')])
    const answers = [...acknowledged, ...(await rest)]
    expect(new Set(answers).size, 'no two were given the same number').to.equal(answers.length)
    // nobody was told of what was under way when it died: each of that may count, once
    const count = countOf(await near.read('shop'))
    expect(count).to.be.within(answers.length, answers.length + width)
    const record = await near.read('shop')
    expect(record?.revision, 'each change is one increment').to.equal(count + 1)
  })

  it('find their own change again though its place in the log is gone by then', async () => {
    proxy.set('swallow')
    const late = far.update('shop', countUp('far'))
    await until(async () => countOf(await near.read('shop')) === 1, 'it was carried out unheard')
    await countMany(near, 'shop', 1_500, 32)
    proxy.set('pass')
    expect((await late)?.answer).to.equal(1)
    expect(countOf(await near.read('shop'))).to.equal(1_501)
  })

  it('leave a machine alone that was removed and made anew while their answer was lost', async () => {
    proxy.set('swallow')
    const late = far.update('shop', countUp('far'))
    await until(async () => countOf(await near.read('shop')) === 1, 'it was carried out unheard')
    await near.remove('shop')
    await near.create('shop', newCounter())
    proxy.set('pass')
    expect((await late)?.answer).to.equal(1)
    expect(countOf(await near.read('shop'))).to.equal(0)
  })

  it('know that they made a machine though the answer was lost', async () => {
    proxy.set('swallow')
    const late = far.create('cellar', newCounter())
    await until(async () => (await near.read('cellar')) !== null, 'it was made unheard')
    await near.update('cellar', countUp())
    proxy.set('pass')
    expect(await late).to.equal(true)
    expect(countOf(await far.read('cellar'))).to.equal(1)
  })

  it('say so when nobody can know any more what became of a change', async () => {
    proxy.set('swallow')
    const late = failureOf(far.update('shop', countUp('far', 'key')))
    await until(async () => countOf(await near.read('shop')) === 1, 'it was carried out unheard')
    await countMany(near, 'shop', 1_500, 32)
    await etcd.forget()
    proxy.set('pass')
    expect((await late).message).to.match(/whether the change was made is not known.*idempotency key/)
  })

  it('answer nothing from memory when etcd is away, and say whether something may have been changed', async () => {
    const hasty = await open(etcd.address(), { total: 500 })
    await hasty.update('shop', countUp())
    await etcd.members[0]?.kill()
    const refused =
      /^cannot reach etcd at 127\.0\.0\.1:\d+: connect ECONNREFUSED.*; nothing was changed: ask again$/
    expect((await failureOf(hasty.read('shop'))).message).to.match(refused)
    expect((await failureOf(hasty.update('shop', countUp()))).message).to.match(refused)
    expect((await failureOf(hasty.update('shop', () => ({ answer: 'no' })))).message).to.match(refused)
    expect((await failureOf(openEtcdStore(etcd.address(), { total: 300 }))).message).to.match(refused)
    await etcd.members[0]?.start()
    expect((await hasty.update('shop', countUp()))?.answer).to.equal(2)
  })

  it('say that a change may have been made when its answer does not come', async () => {
    const hasty = await open(`etcd://127.0.0.1:${proxy.port}`, { total: 500 })
    await hasty.read('shop')
    proxy.set('swallow')
    const failure = await failureOf(hasty.update('shop', countUp('test', 'once')))
    expect(failure.uncertain).to.equal(true)
    proxy.set('pass')
    expect((await hasty.update('shop', countUp('test', 'once')))?.answer).to.equal(1)
    expect(countOf(await near.read('shop'))).to.equal(1)
  })

  describe('that watch', () => {
    let heard: [string, number | null][]

    beforeEach(() => {
      heard = []
      far.watch((name, record: MachineRecord | null) => heard.push([name, record?.revision ?? null]))
    })

    it('go on after a break where they were: no change is missed', async () => {
      await near.update('shop', countUp())
      await until(() => heard.at(-1)?.[1] === 2, 'the first change is told')
      heard.length = 0
      proxy.set('cut')
      for (const _ of upTo(3)) await near.update('shop', countUp())
      await near.create('cellar', newCounter())
      await near.remove('shop')
      proxy.set('pass')
      await until(() => heard.length >= 5, 'what was missed is told')
      expect(heard).to.deep.equal([
        ['shop', 3],
        ['shop', 4],
        ['shop', 5],
        ['cellar', 1],
        ['shop', null],
      ])
    })

    it('notice a connection that is dead and says nothing', async () => {
      await near.update('shop', countUp())
      await until(() => heard.at(-1)?.[1] === 2, 'the first change is told')
      proxy.set('hold')
      await near.update('shop', countUp())
      await until(() => proxy.lost > 0, 'the second change is lost on its way')
      // a new connection passes, the one that is open stays dead
      proxy.set('pass')
      await until(() => heard.at(-1)?.[1] === 3, 'the second change is told')
    })

    it('go on though a machine is damaged, which is told and left as it is', async () => {
      const warnings: string[] = []
      const store = await open(etcd.address(), { warn: (line: string) => warnings.push(line) })
      const told: string[] = []
      store.watch((name) => told.push(name))
      const key = Buffer.from('/whaleware/states/machines/broken').toString('base64')
      await etcd.members[0]?.ask('/v3/kv/put', { key, value: Buffer.from('{"revision":').toString('base64') })
      await near.update('shop', countUp())
      await until(() => told.includes('shop'), 'the other machine is told')
      const words = 'cannot use what etcd has under /whaleware/states/machines/broken: it is no JSON'
      expect(warnings.join()).to.contain(words)
      const refused = await store.update('broken', countUp()).catch((error: Error) => error.message)
      expect(refused).to.contain(words)
      expect(await store.create('broken', newCounter()).catch((error: Error) => error.message)).to.contain(
        words,
      )
    })

    it('tell the difference when etcd has forgotten what they missed', async () => {
      await near.create('cellar', newCounter())
      await until(() => heard.some(([name]) => name === 'cellar'), 'the machine is told')
      heard.length = 0
      proxy.set('cut')
      await countMany(near, 'shop', 20, 4)
      await near.remove('cellar')
      await etcd.forget()
      proxy.set('pass')
      await until(() => heard.length >= 2, 'the difference is told')
      expect(heard).to.have.deep.members([
        ['cellar', null],
        ['shop', 21],
      ])
      await near.update('shop', countUp())
      await until(() => heard.at(-1)?.[1] === 22, 'what comes after is told too')
    })
  })
})
