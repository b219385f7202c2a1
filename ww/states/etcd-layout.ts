import { UserError } from '../base/errors.ts'
import type { HistoryEntry, MachineRecord } from './record.ts'

/**
 * A machine in etcd is a head, which is small and overwritten by every write, and a log to which every write adds one
 * entry. So a write costs what it changes, not the thousand changes that the record remembers.
 */
export type Head = Pick<MachineRecord, 'revision' | 'state' | 'chart'> & {
  /** The revision of the oldest entry of the log, which is a whole one. */
  readonly since: number
  /** Made up for each write, so that its writer knows it again. */
  readonly id: string
}

/** What one write added to the history and the keys; one or several changes that were made durable together. */
export type LogEntry = {
  /** All that the record remembers stands here; what was before is of no more use. */
  readonly whole: boolean
  readonly history: readonly HistoryEntry[]
  /** How many are remembered in all with these; the oldest are forgotten. */
  readonly historyLength: number
  readonly keys: Readonly<Record<string, number>>
  readonly keysLength: number
}

/** After so many changes an entry is whole, and the log before it goes. */
const wholeEvery = 1_000

/** The revision under which a write's entry stands in the log: the first that the write makes. */
export function firstRevision(before: MachineRecord | null, record: MachineRecord): number {
  return before === null ? record.revision : before.revision + 1
}

/** What to write so that `record` follows `before`; `before` is null for a new machine. */
export function splitRecord(
  before: { readonly record: MachineRecord; readonly since: number } | null,
  record: MachineRecord,
  id: string,
): { readonly head: Head; readonly entry: LogEntry } {
  const { revision, state, chart, history, keys } = record
  const first = firstRevision(before?.record ?? null, record)
  const added = history.filter((change) => change.revision >= first)
  const goesOn =
    before !== null && revision - before.since < wholeEvery && follows(before.record, record, added)
  const lengths = { historyLength: history.length, keysLength: Object.keys(keys).length }
  if (!goesOn) {
    const head = { revision, state, chart, since: first, id }
    return { head, entry: { whole: true, history, keys, ...lengths } }
  }
  const newKeys = keys === before.record.keys ? [] : Object.entries(keys).filter(([, made]) => made >= first)
  return {
    head: { revision, state, chart, since: before.since, id },
    entry: { whole: false, history: added, keys: Object.fromEntries(newKeys), ...lengths },
  }
}

/** Whether the old history goes on in the new one, as everywhere but where somebody rewrites it. */
function follows(before: MachineRecord, record: MachineRecord, added: readonly HistoryEntry[]): boolean {
  const last = record.history.at(-1 - added.length)
  return (
    last === undefined || last === before.history.at(-1) || last.revision === before.history.at(-1)?.revision
  )
}

/** The record that a head and the log's entries come to, on top of an older record when they don't start anew. */
export function joinRecord(
  before: MachineRecord | null,
  head: Head,
  entries: readonly LogEntry[],
): MachineRecord {
  let history: readonly HistoryEntry[] = before?.history ?? []
  let keys: Readonly<Record<string, number>> = before?.keys ?? {}
  for (const entry of entries) {
    const from = entry.whole ? [] : history
    history = entry.historyLength === 0 ? [] : [...from, ...entry.history].slice(-entry.historyLength)
    keys = joinKeys(entry.whole ? {} : keys, entry)
  }
  return { revision: head.revision, state: head.state, chart: head.chart, history, keys }
}

function joinKeys(keys: Readonly<Record<string, number>>, entry: LogEntry): Readonly<Record<string, number>> {
  const old = Object.keys(keys).length
  const added = Object.keys(entry.keys).length
  if (added === 0 && entry.keysLength === old) return keys
  const all = { ...keys, ...entry.keys }
  // by revision and not as they stand: an object puts keys that look like numbers first
  const newest = Object.entries(all).sort(([, a], [, b]) => a - b)
  return Object.fromEntries(newest.slice(newest.length - entry.keysLength))
}

/** Reads a head as it is kept; throws a UserError that names its key. */
export function parseHead(key: string, text: string): Head {
  const head = parse<Head>(key, text)
  const isHead = Number.isSafeInteger(head.revision) && typeof head.state === 'string' && isObject(head.chart)
  if (!isHead || !Number.isSafeInteger(head.since) || typeof head.id !== 'string')
    throw damaged(key, 'it is no machine')
  return head as Head
}

/** Reads an entry of a log as it is kept; throws a UserError that names its key. */
export function parseEntry(key: string, text: string): LogEntry {
  const entry = parse<LogEntry>(key, text)
  const isEntry = typeof entry.whole === 'boolean' && Array.isArray(entry.history) && isObject(entry.keys)
  if (!isEntry || typeof entry.historyLength !== 'number' || typeof entry.keysLength !== 'number')
    throw damaged(key, 'it is no entry of a log')
  return entry as LogEntry
}

function parse<Kind>(key: string, text: string): Partial<Kind> {
  try {
    const data: unknown = JSON.parse(text)
    return isObject(data) ? data : {}
  } catch {
    throw damaged(key, 'it is no JSON')
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const damaged = (key: string, reason: string): UserError =>
  new UserError(`cannot use what etcd has under ${key}: ${reason}; nothing was overwritten`)
