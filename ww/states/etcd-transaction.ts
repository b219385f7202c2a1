import type { EtcdClient } from './etcd-client.ts'
import type { KeyRange } from './etcd-keys.ts'

/** A key as etcd has it; revisions are those of the whole of etcd, which grow with every write to it. */
export type KeyValue = {
  readonly key: string
  readonly value: string
  /** When it was made: another one when it was removed and made again. */
  readonly created: number
  /** When it was last written. */
  readonly modified: number
}

/** What must hold for a key: `modified` or `created` is this revision; 0 for a key that is not there. */
export type Condition = { readonly key: string } & (
  | { readonly modified: number }
  | { readonly created: number }
)

/** A step of a transaction. */
export type Step =
  | { readonly put: string; readonly value: string }
  | { readonly get: string | KeyRange }
  | { readonly remove: string | KeyRange }

/** How a transaction went. */
export type Outcome = {
  /** The condition held, and the steps of `then` were done. */
  readonly held: boolean
  /** An earlier attempt may have been carried out before this one: a condition may have failed because of ourselves. */
  readonly uncertain: boolean
  /** etcd's revision as of then. */
  readonly revision: number
  /** What each `get` found, in order; nothing for the other steps. */
  readonly found: readonly (readonly KeyValue[])[]
}

/** One transaction: on the condition all steps of `then`, else all of `otherwise`. Its reads are linearizable. */
export async function transact(
  client: EtcdClient,
  condition: Condition,
  then: readonly Step[],
  otherwise: readonly Step[],
): Promise<Outcome> {
  const body = {
    compare: [formCondition(condition)],
    success: then.map(formStep),
    failure: otherwise.map(formStep),
  }
  const { answer, uncertain } = await client.call('/v3/kv/txn', body, then.length > 0)
  const { succeeded, header, responses } = answer as Wire
  return {
    held: succeeded === true,
    uncertain,
    revision: Number(header?.revision),
    found: (responses ?? []).map(({ response_range }) => (response_range?.kvs ?? []).map(readKeyValue)),
  }
}

/** The keys of a range without their values, and etcd's revision as of then; linearizable. */
export async function listKeys(
  client: EtcdClient,
  range: KeyRange,
): Promise<{ revision: number; keys: readonly KeyValue[] }> {
  const { answer } = await client.call('/v3/kv/range', { ...formRange(range), keys_only: true }, false)
  const { header, kvs } = answer as Wire
  return { revision: Number(header?.revision), keys: (kvs ?? []).map(readKeyValue) }
}

/** Bytes as the gateway writes them. */
export const encode = (text: string): string => Buffer.from(text).toString('base64')

/** A key or a range as the gateway takes it. */
export function formRange(range: string | KeyRange): object {
  return typeof range === 'string'
    ? { key: encode(range) }
    : { key: encode(range.from), range_end: encode(range.to) }
}

function formCondition(condition: Condition): object {
  const key = encode(condition.key)
  return 'modified' in condition
    ? { key, target: 'MOD', result: 'EQUAL', mod_revision: String(condition.modified) }
    : { key, target: 'CREATE', result: 'EQUAL', create_revision: String(condition.created) }
}

function formStep(step: Step): object {
  if ('put' in step) return { request_put: { key: encode(step.put), value: encode(step.value) } }
  if ('get' in step) return { request_range: formRange(step.get) }
  return { request_delete_range: formRange(step.remove) }
}

/** What the gateway answers, as far as we read it; what is empty, zero or false it leaves out. */
type Wire = {
  readonly header?: { readonly revision?: string }
  readonly succeeded?: boolean
  readonly responses?: readonly { readonly response_range?: { readonly kvs?: readonly WireKeyValue[] } }[]
  readonly kvs?: readonly WireKeyValue[]
}

/** A key as the gateway writes it: base64, and 64-bit numbers as text. */
export type WireKeyValue = {
  readonly key?: string
  readonly value?: string
  readonly create_revision?: string
  readonly mod_revision?: string
}

/** Reads a key as the gateway writes it. */
export function readKeyValue(wire: WireKeyValue): KeyValue {
  return {
    key: Buffer.from(wire.key ?? '', 'base64').toString(),
    value: Buffer.from(wire.value ?? '', 'base64').toString(),
    created: Number(wire.create_revision ?? 0),
    modified: Number(wire.mod_revision ?? 0),
  }
}
