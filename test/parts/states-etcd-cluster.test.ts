import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openEtcdStore } from '../../ww/states/etcd-store.ts'
import type { StateStore } from '../../ww/states/store.ts'
import { countMany, countOf, countUp, newCounter } from '../helpers/machine-records.ts'
import { makeCertificate } from '../helpers/real-certificate.ts'
import { type RealEtcd, startEtcd } from '../helpers/real-etcd.ts'
import { until } from '../helpers/until.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

describe('replicas on an etcd of three members', () => {
  let etcd: RealEtcd
  const opened: StateStore[] = []

  before(async () => {
    etcd = await startEtcd(3, ['--heartbeat-interval', '50', '--election-timeout', '500'])
  })

  after(async () => {
    await Promise.all(opened.map((store) => store.close()))
    await etcd.stop()
  })

  it('lose and double no increment when the leader is killed in the middle, and hear of every change', async () => {
    // each begins with a member of its own
    const hosts = etcd.members.map(({ port }) => `127.0.0.1:${port}`)
    for (const index of [0, 1, 2]) {
      const rotated = [...hosts.slice(index), ...hosts.slice(0, index)]
      opened.push(await openEtcdStore(`etcd://${rotated.join(',')}`, { attempt: 1_000, total: 20_000 }))
    }
    const [first] = opened
    await first?.create('shop', newCounter())
    const told = opened.map(() => 0)
    for (const [index, store] of opened.entries()) {
      store.watch((_, record) => {
        told[index] = countOf(record)
      })
    }
    const counts = opened.map((store) => countMany(store, 'shop', 1_000, 8))
    await until(() => Math.max(...told) > 300, 'they count')
    const leader = await etcd.leader()
    await leader.kill()
    const answers = (await Promise.all(counts)).flat()
    expect(answers.toSorted((a, b) => a - b)).to.deep.equal(upTo(3_000))
    await until(
      () => told.every((count) => count === 3_000),
      () => `all hear of it: ${told}`,
    )
    await leader.start()
  })

  it('refuse to answer without a majority, and go on when there is one', async () => {
    const [, second, third] = etcd.members
    const store = await openEtcdStore(etcd.address('/majority'), { attempt: 500, total: 2_000 })
    opened.push(store)
    await store.create('shop', newCounter())
    await Promise.all([second?.kill(), third?.kill()])
    const refused = await store.read('shop').catch((error: Error) => error.message)
    expect(refused).to.match(/^cannot reach etcd at .*; nothing was changed: ask again$/)
    await Promise.all([second?.start(), third?.start()])
    expect((await store.update('shop', countUp()))?.answer).to.equal(1)
  })
})

describe('an etcd that asks who one is', () => {
  let etcd: RealEtcd

  before(async () => {
    etcd = await startEtcd()
    const [member] = etcd.members
    await member?.ask('/v3/auth/user/add', { name: 'root', password: 'p:w/1' })
    await member?.ask('/v3/auth/role/add', { name: 'root' })
    await member?.ask('/v3/auth/user/grant', { user: 'root', role: 'root' })
    await member?.ask('/v3/auth/enable')
  })

  after(() => etcd.stop())

  const addressOf = (user: string): string => etcd.address().replace('etcd://', `etcd://${user}@`)

  it('is told by the user and the password in the address, and once more when it has forgotten', async () => {
    const store = await openEtcdStore(addressOf('root:p%3Aw%2F1'))
    try {
      await store.create('shop', newCounter())
      await etcd.members[0]?.kill()
      await etcd.members[0]?.start()
      expect((await store.update('shop', countUp()))?.answer).to.equal(1)
    } finally {
      await store.close()
    }
  })

  it('refuses a wrong password and a missing one in a line', async () => {
    const refusal = (address: string): Promise<string> =>
      openEtcdStore(address).then(
        () => 'taken',
        (error: Error) => `${error.name}: ${error.message}`,
      )
    expect(await refusal(addressOf('root:wrong'))).to.match(/^UserError: etcd refuses: .*invalid/)
    expect(await refusal(etcd.address())).to.match(/^UserError: etcd refuses: .*user name is empty/)
  })
})

describe('an etcd behind TLS', () => {
  let directory: string
  let certificate: string
  let etcd: RealEtcd

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ww-tls-'))
    const files = await makeCertificate(directory)
    certificate = files.cert
    etcd = await startEtcd(1, ['--cert-file', files.cert, '--key-file', files.key], 'https')
  })

  after(async () => {
    await etcd.stop()
    rmSync(directory, { recursive: true })
  })

  it('is spoken to by etcds://, when its certificate is trusted', async () => {
    const address = etcd.address('/tls').replace('etcd://', 'etcds://')
    const store = await openEtcdStore(`${address}?ca=${certificate}`)
    try {
      expect(await store.create('shop', newCounter())).to.equal(true)
    } finally {
      await store.close()
    }
    const refused = await openEtcdStore(address, { total: 100 }).catch((error: Error) => error.message)
    expect(refused).to.match(/self.signed certificate/)
  })
})
