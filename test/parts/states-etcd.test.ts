import { openEtcdStore } from '../../ww/states/etcd-store.ts'
import type { StateStore } from '../../ww/states/store.ts'
import { type RealEtcd, startEtcd } from '../helpers/real-etcd.ts'
import { describeStateStore } from '../states/store-conformance.ts'

describe('machines in a real etcd', () => {
  let etcd: RealEtcd
  let prefixes = 0

  before(async () => {
    etcd = await startEtcd()
  })

  after(() => etcd.stop())

  describeStateStore('etcd', async () => {
    prefixes += 1
    const opened: StateStore[] = []
    const another = async (): Promise<StateStore> => {
      const store = await openEtcdStore(etcd.address(`/test/${prefixes}`))
      opened.push(store)
      return store
    }
    return {
      store: await another(),
      another,
      close: async () => {
        await Promise.all(opened.map((store) => store.close()))
      },
    }
  })
})
