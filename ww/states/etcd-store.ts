import { parseEtcdAddress } from './etcd-address.ts'
import { EtcdClient, type EtcdPatience } from './etcd-client.ts'
import { EtcdFollower } from './etcd-follower.ts'
import { type EtcdKeys, nameKeys } from './etcd-keys.ts'
import { EtcdLane } from './etcd-lane.ts'
import { writeKept } from './etcd-record.ts'
import { listKeys, transact } from './etcd-transaction.ts'
import type { MachineRecord } from './record.ts'
import type { Decision, StateStore } from './store.ts'

const patience: EtcdPatience = { attempt: 2_000, total: 8_000, silence: 10_000 }

/**
 * Keeps the machines in etcd, 3.4 or newer, for any number of replicas of which none is special. The address is
 * `etcd://[user:password@]host:2379[,host2:2379…][/prefix]`, with TLS `etcds://`. Rejects with a UserError for a wrong
 * address or wrong credentials and with StoreUnavailable when etcd is away, as each method does later. `warn` hears why changes cannot be followed.
 */
export async function openEtcdStore(
  address: string,
  options: Partial<EtcdPatience> & { readonly warn?: (line: string) => void } = {},
): Promise<StateStore> {
  const parsed = parseEtcdAddress(address)
  const { warn = () => {}, ...others } = options
  const client = new EtcdClient(parsed, { ...patience, ...others })
  const store = new EtcdStore(client, nameKeys(parsed.prefix), warn)
  await store.open()
  return store
}

class EtcdStore implements StateStore {
  readonly #client: EtcdClient
  readonly #keys: EtcdKeys
  readonly #follower: EtcdFollower
  readonly #lanes = new Map<string, EtcdLane>()
  readonly #listeners = new Set<(name: string, record: MachineRecord | null) => void>()

  constructor(client: EtcdClient, keys: EtcdKeys, warn: (line: string) => void) {
    this.#client = client
    this.#keys = keys
    this.#follower = new EtcdFollower({
      client,
      keys,
      warn,
      peek: (name) => this.#lanes.get(name)?.kept ?? null,
      read: (name) => this.#in(name, (lane) => lane.read()),
      tell: (name, kept) => {
        if (kept === null) this.#lanes.get(name)?.learn(null)
        else this.#lane(name).learn(kept)
        for (const listener of this.#listeners) listener(name, kept?.record ?? null)
      },
    })
  }

  async open(): Promise<void> {
    try {
      await this.#follower.start()
    } catch (error) {
      this.#client.close()
      throw error
    }
  }

  async list(): Promise<readonly string[]> {
    const { keys } = await listKeys(this.#client, this.#keys.heads)
    return keys.map(({ key }) => this.#keys.parse(key)?.name ?? key).sort()
  }

  async read(name: string): Promise<MachineRecord | null> {
    return (await this.#in(name, (lane) => lane.read()))?.record ?? null
  }

  async create(name: string, record: MachineRecord): Promise<boolean> {
    const machine = { client: this.#client, keys: this.#keys, name }
    const { won, newest } = await writeKept(machine, null, record)
    if (newest) this.#lane(name).learn(newest)
    return won
  }

  update<Answer>(
    name: string,
    decide: (record: MachineRecord) => Decision<Answer>,
  ): Promise<{ readonly answer: Answer; readonly record: MachineRecord } | null> {
    return this.#in(name, (lane) => lane.update(decide))
  }

  async remove(name: string): Promise<boolean> {
    const kept = await this.#in(name, (lane) => lane.read())
    if (kept === null) return false
    // the very machine that was seen, however it has changed meanwhile, and none that was made of this name since
    const key = this.#keys.head(name)
    const condition = { key, created: kept.created }
    const steps = [{ remove: key }, { remove: this.#keys.log(name) }]
    const { held, uncertain } = await transact(this.#client, condition, steps, [{ get: key }])
    this.#lanes.get(name)?.learn(null)
    return held || uncertain
  }

  watch(listener: (name: string, record: MachineRecord | null) => void): () => void {
    // two calls with one function are two watches
    const own: typeof listener = (name, record) => listener(name, record)
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  async close(): Promise<void> {
    this.#follower.stop()
    this.#listeners.clear()
    await Promise.all([...this.#lanes.values()].map((lane) => lane.finish()))
    this.#client.close()
  }

  #lane(name: string): EtcdLane {
    const there = this.#lanes.get(name)
    if (there) return there
    const lane = new EtcdLane({ client: this.#client, keys: this.#keys, name })
    this.#lanes.set(name, lane)
    return lane
  }

  /** Runs something in a machine's lane, and forgets the lane of a machine that is not there: anybody may ask for one. */
  async #in<Result>(name: string, run: (lane: EtcdLane) => Promise<Result>): Promise<Result> {
    const lane = this.#lane(name)
    try {
      return await run(lane)
    } finally {
      if (lane.kept === null && lane.isIdle && this.#lanes.get(name) === lane) this.#lanes.delete(name)
    }
  }
}
