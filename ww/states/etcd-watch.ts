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

/** What the first write to a key since a revision wrote, though it be removed again; StoreUnavailable if forgotten. */
export async function firstWrite(client: EtcdClient, key: string, from: number): Promise<string | null> {
  const found = new AbortController()
  let value: string | null = null
  try {
    await watchRange(client, key, from, found.signal, async (changes) => {
      value = changes.find(({ removed }) => !removed)?.pair.value ?? null
      found.abort()
    })
  } catch (error) {
    if (!found.signal.aborted)
      throw new StoreUnavailable(
        `cannot learn of etcd what became of a change: ${(error as Error).message}`,
        true,
      )
  }
  return value
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
