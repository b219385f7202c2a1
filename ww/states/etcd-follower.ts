import { setTimeout as delay } from 'node:timers/promises'
import type { EtcdClient } from './etcd-client.ts'
import type { EtcdKeys } from './etcd-keys.ts'
import { joinKept, type Kept } from './etcd-record.ts'
import { type KeyValue, listKeys } from './etcd-transaction.ts'
import { type Changes, Compacted, watchRange } from './etcd-watch.ts'
import { isStoreUnavailable } from './unavailable.ts'

/** What a follower needs. */
export type FollowerOptions = {
  readonly client: EtcdClient
  readonly keys: EtcdKeys
  /** The record that this replica has seen last, without asking. */
  readonly peek: (name: string) => Kept | null
  /** The newest record. */
  readonly read: (name: string) => Promise<Kept | null>
  readonly tell: (name: string, kept: Kept | null) => void
  /** Hears why changes cannot be followed, once for each break. */
  readonly warn: (line: string) => void
}

/**
 * Follows all machines from one revision of etcd's to the next, whatever happens to the connection: a new one goes on
 * where the old one ended, and when etcd has forgotten that, the difference is told instead.
 */
export class EtcdFollower {
  readonly #options: FollowerOptions
  readonly #closed = new AbortController()
  /** The revision of etcd's at which each machine was told last. */
  #told = new Map<string, number>()
  #bases = new Map<string, Kept>()
  #from = 0

  constructor(options: FollowerOptions) {
    this.#options = options
  }

  /** Resolves when it is known where to begin: every change after that is told. Rejects when etcd is away. */
  async start(): Promise<void> {
    const { client, keys } = this.#options
    const { revision, keys: heads } = await listKeys(client, keys.heads)
    for (const { key, modified } of heads) this.#told.set(this.#nameOf(key), modified)
    this.#from = revision + 1
    void this.#follow()
  }

  stop(): void {
    this.#closed.abort()
  }

  async #follow(): Promise<void> {
    const { signal } = this.#closed
    let isBroken = false
    while (!signal.aborted) {
      try {
        await this.#watch()
        isBroken = false
      } catch (error) {
        if (signal.aborted) return
        if (!isBroken) this.#options.warn(`cannot follow etcd: ${tellReason(error)}; trying on`)
        isBroken = true
        await delay(50, undefined, { signal }).catch(() => {})
      }
    }
  }

  async #watch(): Promise<void> {
    const { client, keys } = this.#options
    try {
      await watchRange(client, keys.all, this.#from, this.#closed.signal, (changes) => this.#take(changes))
    } catch (error) {
      if (!(error instanceof Compacted)) throw error
      await this.#catchUp()
    }
  }

  async #take(changes: Changes): Promise<void> {
    for (const { removed, pair } of changes) {
      const parsed = this.#options.keys.parse(pair.key)
      if (parsed === null || parsed.revision !== null) continue
      if (removed) this.#tell(parsed.name, pair.modified, null)
      else await this.#try(() => this.#takeHead(parsed.name, pair, changes))
    }
    this.#from = Math.max(this.#from, ...changes.map(({ pair }) => pair.modified + 1))
  }

  async #takeHead(name: string, head: KeyValue, changes: Changes): Promise<void> {
    if (head.modified <= (this.#told.get(name) ?? 0)) return
    const { keys, peek, read } = this.#options
    const seen = peek(name)
    if (seen?.modified === head.modified) return this.#tell(name, head.modified, seen)
    const entry = changes.find(({ removed, pair }) => {
      const parsed = keys.parse(pair.key)
      return !removed && pair.modified === head.modified && parsed?.name === name && parsed.revision !== null
    })?.pair
    const base = this.#bases.get(name) ?? null
    const isNew = head.created === head.modified
    const isNext = base?.created === head.created && keys.entry(name, base.record.revision + 1) === entry?.key
    if (entry && (isNew || isNext)) {
      return this.#tell(name, head.modified, joinKept(isNew ? null : base, head, [entry]))
    }
    const newest = await read(name)
    this.#tell(name, newest?.modified ?? head.modified, newest)
  }

  /** Tells what differs from what was told: what was between is forgotten. */
  async #catchUp(): Promise<void> {
    const { client, keys, read } = this.#options
    const { revision, keys: heads } = await listKeys(client, keys.heads)
    const there = new Map(heads.map(({ key, modified }) => [this.#nameOf(key), modified]))
    for (const name of [...this.#told.keys()]) if (!there.has(name)) this.#tell(name, revision, null)
    for (const [name, modified] of there) {
      if (modified <= (this.#told.get(name) ?? 0)) continue
      await this.#try(async () => {
        const newest = await read(name)
        this.#tell(name, newest?.modified ?? revision, newest)
      })
    }
    this.#from = revision + 1
  }

  /** One machine that is damaged keeps nobody from hearing of the others. */
  async #try(take: () => Promise<void>): Promise<void> {
    try {
      await take()
    } catch (error) {
      if (isStoreUnavailable(error)) throw error
      this.#options.warn(tellReason(error))
    }
  }

  #tell(name: string, modified: number, kept: Kept | null): void {
    if (kept === null) {
      this.#bases.delete(name)
      this.#told.delete(name)
    } else {
      this.#bases.set(name, kept)
      this.#told.set(name, modified)
    }
    this.#options.tell(name, kept)
  }

  #nameOf(key: string): string {
    return this.#options.keys.parse(key)?.name ?? key
  }
}

const tellReason = (error: unknown): string => (error instanceof Error ? error.message : String(error))
