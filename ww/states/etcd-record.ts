import { randomUUID } from 'node:crypto'
import type { EtcdClient } from './etcd-client.ts'
import type { EtcdKeys } from './etcd-keys.ts'
import { firstRevision, joinRecord, parseEntry, parseHead, splitRecord } from './etcd-layout.ts'
import { type KeyValue, type Step, transact } from './etcd-transaction.ts'
import { firstChange } from './etcd-watch.ts'
import type { MachineRecord } from './record.ts'

/** A record as etcd has it. */
export type Kept = {
  readonly record: MachineRecord
  /** Etcd's revision of its last write: what a write compares. */
  readonly modified: number
  /** Etcd's revision of its first write: another one for a machine that was removed and made again. */
  readonly created: number
  /** The first revision in its log. */
  readonly since: number
}

/** A machine's keys in etcd. */
export type EtcdMachine = { readonly client: EtcdClient; readonly keys: EtcdKeys; readonly name: string }

/** The newest record, by what has come since `known`; one round trip, and few bytes when nothing has. */
export async function readKept(machine: EtcdMachine, known: Kept | null): Promise<Kept | null> {
  const condition = { key: machine.keys.head(machine.name), modified: known?.modified ?? 0 }
  const { held, found } = await transact(machine.client, condition, [], getNews(machine, known))
  return held ? known : takeNews(machine, known, found)
}

/** How a write went: what is kept now, and whether it is ours. */
export type Written = { readonly won: boolean; readonly newest: Kept | null }

/**
 * Writes `record` on the condition that `base` is the newest; null for a machine that is not there yet.
 *
 * A write whose answer is lost counts exactly once. All writes that go out from one base compare the same revision of
 * the head, so etcd carries out at most one of them, however often and to however many members it was sent, and
 * however late one arrives: asking again with the same bytes is safe. When the condition doesn't hold after an answer
 * was lost, it may be because of ourselves, and the id in the head tells: ours is the newest, or the head's first
 * change after the base, which etcd's history has, is ours or another's. Only when etcd has compacted that away, or
 * answers nobody any more, is it not known: StoreUnavailable says so, nothing more is tried, and the idempotency key
 * in the record makes it count once when the client asks again.
 */
export async function writeKept(
  machine: EtcdMachine,
  base: Kept | null,
  record: MachineRecord,
): Promise<Written> {
  const { client, keys, name } = machine
  const id = randomUUID()
  const { head, entry } = splitRecord(base, record, id)
  const key = keys.head(name)
  const entryKey = keys.entry(name, firstRevision(base?.record ?? null, record))
  const steps: Step[] = [
    { put: key, value: JSON.stringify(head) },
    { put: entryKey, value: JSON.stringify(entry) },
  ]
  if (entry.whole) steps.unshift({ remove: { from: keys.log(name).from, to: entryKey } })
  const condition = { key, modified: base?.modified ?? 0 }
  const { held, uncertain, revision, found } = await transact(
    client,
    condition,
    steps,
    getNews(machine, base),
  )
  if (held) {
    const newest = { record, modified: revision, created: base?.created ?? revision, since: head.since }
    return { won: true, newest }
  }
  const newest = await takeNews(machine, base, found)
  return { won: uncertain && (await isOurs(machine, id, condition.modified, found[0]?.[0])), newest }
}

/** Whether the write with this id is the one that followed the base, given the head as it is now. */
async function isOurs(machine: EtcdMachine, id: string, base: number, now?: KeyValue): Promise<boolean> {
  const key = machine.keys.head(machine.name)
  if (now && parseHead(key, now.value).id === id) return true
  // a machine that was made without a base begins when it was made: before, there may have been others of its name
  const from = base === 0 && now ? now.created : base + 1
  const first = await firstChange(machine.client, key, from)
  return first !== null && parseHead(key, first).id === id
}

function getNews({ keys, name }: EtcdMachine, known: Kept | null): Step[] {
  const { to } = keys.log(name)
  return [
    { get: keys.head(name) },
    { get: { from: keys.entry(name, known === null ? 0 : known.record.revision + 1), to } },
  ]
}

/** What `getNews` found, on top of what is known. */
async function takeNews(
  machine: EtcdMachine,
  known: Kept | null,
  found: readonly (readonly KeyValue[])[],
): Promise<Kept | null> {
  const [head] = found[0] ?? []
  if (head === undefined) return null
  // removed and made again: what is known is of another machine
  if (known !== null && head.created !== known.created) return readKept(machine, null)
  return joinKept(known, head, found[1] ?? [])
}

/** A record from its head, and the entries of its log that came after what is known. */
export function joinKept(known: Kept | null, head: KeyValue, log: readonly KeyValue[]): Kept {
  const parsed = parseHead(head.key, head.value)
  const entries = log.map(({ key, value }) => parseEntry(key, value))
  return {
    record: joinRecord(known?.record ?? null, parsed, entries),
    modified: head.modified,
    created: head.created,
    since: parsed.since,
  }
}
