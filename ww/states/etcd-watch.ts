import { setTimeout as delay } from 'node:timers/promises'
import type { EtcdClient } from './etcd-client.ts'
import type { KeyRange } from './etcd-keys.ts'
import { formRange, type KeyValue, readKeyValue, type WireKeyValue } from './etcd-transaction.ts'
import { StoreUnavailable } from './unavailable.ts'

/** Some changes of keys, in etcd's order; those of one transaction stand together. */
export type Changes = readonly { readonly removed: boolean; readonly pair: KeyValue }[]

/** Etcd has forgotten the history that was asked for. */
export class Compacted extends Error {}

/**
 * Hears each change of a range from a revision of etcd's on. Returns when etcd ends the stream, rejects when it breaks,
 * and with Compacted when that revision is forgotten.
 */
export async function watchRange(
  client: EtcdClient,
  range: string | KeyRange,
  from: number,
  stop: AbortSignal,
  hear: (changes: Changes) => Promise<void>,
): Promise<void> {
  const body = { create_request: { ...formRange(range), start_revision: String(from) } }
  await client.stream('/v3/watch', body, stop, async (message) => {
    const { result, error } = message as Message
    if (Number(result?.compact_revision ?? 0) > 0) throw new Compacted(`etcd has forgotten revision ${from}`)
    if (error || result?.canceled) throw new Error(error?.message ?? result?.cancel_reason ?? 'etcd ended it')
    const changes = (result?.events ?? []).map(({ type, kv }) => ({
      removed: type === 'DELETE',
      pair: readKeyValue(kv ?? {}),
    }))
    if (changes.length > 0) await hear(changes)
  })
}

/** How often etcd's history is asked before it is given up. */
const attempts = 5

/** What the first change of a key since a revision wrote, null if it removed it; StoreUnavailable when nobody knows. */
export async function firstChange(client: EtcdClient, key: string, from: number): Promise<string | null> {
  let reason = 'it does not say'
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const found = new AbortController()
    let value: string | null = null
    try {
      await watchRange(client, key, from, found.signal, async (changes) => {
        // later ones may have come along
        if (found.signal.aborted) return
        value = changes[0]?.removed ? null : (changes[0]?.pair.value ?? null)
        found.abort()
      })
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
      if (error instanceof Compacted) break
    }
    if (found.signal.aborted) return value
    await delay(50)
  }
  throw new StoreUnavailable(`cannot learn from etcd what became of a change: ${reason}`, true)
}

type Message = {
  readonly result?: {
    readonly events?: readonly { readonly type?: string; readonly kv?: WireKeyValue }[]
    readonly compact_revision?: string
    readonly canceled?: boolean
    readonly cancel_reason?: string
  }
  readonly error?: { readonly message?: string }
}
