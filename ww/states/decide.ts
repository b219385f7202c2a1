import { isFinal, next } from '../chart/chart.ts'
import { count, currentLinear, dueAt, enter } from './linear.ts'
import type { HistoryEntry, MachineRecord } from './record.ts'
import type { Decision } from './store.ts'

/** How much of the past is kept of a machine. */
const kept = 1000

/** Why a machine doesn't move. */
export type Refusal =
  | 'ended'
  | 'timed'
  | 'not-current'
  | 'no-event'
  | 'unknown-event'
  | 'linear'
  | 'other-revision'

/** An update that somebody asks for. */
export type Update = {
  /** The state that it is for; without it the update is for whichever is current. */
  readonly state?: string
  /** For a general chart. */
  readonly event?: string
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** A retried update has the same, and counts once. */
  readonly key?: string
  /** The update is meant for one of these revisions alone. */
  readonly revisions?: readonly number[]
}

/** What an update comes to: done, with the revision that it made; or why not. */
export type UpdateAnswer =
  | { readonly ok: true; readonly revision: number }
  | { readonly ok: false; readonly refusal: Refusal }

/** Decides what an update does to a machine. */
export function decideUpdate(record: MachineRecord, update: Update): Decision<UpdateAnswer> {
  const { key, revisions } = update
  const before = key !== undefined && Object.hasOwn(record.keys, key) ? record.keys[key] : undefined
  if (before !== undefined) return { answer: { ok: true, revision: before } }
  if (revisions && !revisions.includes(record.revision)) return refuse('other-revision')
  return record.chart.kind === 'linear' ? increment(record, update) : sendEvent(record, update)
}

/** Moves a machine whose time has come, at `now` in milliseconds; the answer tells whether it had. */
export function decideTime(record: MachineRecord, now: number): Decision<boolean> {
  const due = dueAt(record)
  const target = currentLinear(record)?.target
  if (due === null || due > now || !target) return { answer: false }
  const change = { by: 'the clock', at: new Date(now).toISOString() }
  return {
    record: move(record, enter(record, target.name), change, `${record.state} until ${target.when.value}`),
    answer: true,
  }
}

/** Whether a machine will never move again. */
export function hasEnded(record: MachineRecord): boolean {
  const { chart, state } = record
  return chart.kind === 'chart' ? isFinal(chart.chart, state) : currentLinear(record)?.func === undefined
}

function increment(record: MachineRecord, update: Update): Decision<UpdateAnswer> {
  if (update.event !== undefined) return refuse('linear')
  const counted = count(record)
  if (!counted) return refuse(dueAt(record) === null ? 'ended' : 'timed')
  if (update.state !== undefined && update.state !== record.state) return refuse('not-current')
  return accept(record, counted.record, update, counted.what)
}

function sendEvent(record: MachineRecord, update: Update): Decision<UpdateAnswer> {
  const { chart } = record
  if (chart.kind !== 'chart' || hasEnded(record)) return refuse('ended')
  if (update.state !== undefined && update.state !== record.state) return refuse('not-current')
  if (update.event === undefined) return refuse('no-event')
  const target = next(chart.chart, record.state, update.event)
  if (target === undefined) return refuse('unknown-event')
  // heard, and rightly ignored
  if (target === null) return { answer: { ok: true, revision: record.revision } }
  return accept(record, { ...record, state: target }, update, `${record.state}: ${update.event}`)
}

function refuse(refusal: Refusal): Decision<UpdateAnswer> {
  return { answer: { ok: false, refusal } }
}

function accept(
  before: MachineRecord,
  after: MachineRecord,
  update: Update,
  what: string,
): Decision<UpdateAnswer> {
  const revision = before.revision + 1
  return { record: move(before, after, update, what), answer: { ok: true, revision } }
}

function move(
  before: MachineRecord,
  after: MachineRecord,
  { by, at, key }: Pick<Update, 'by' | 'at' | 'key'>,
  what: string,
): MachineRecord {
  const revision = before.revision + 1
  const entry: HistoryEntry = { revision, at, by, what, state: after.state }
  const keys = key === undefined ? before.keys : forgetOldest({ ...before.keys, [key]: revision })
  return { ...after, revision, history: [...before.history.slice(1 - kept), entry], keys }
}

/** Half at a time, so that few updates pay for it; by revision, since an object puts keys that look like numbers first. */
function forgetOldest(keys: Record<string, number>): Record<string, number> {
  const entries = Object.entries(keys)
  if (entries.length <= kept) return keys
  return Object.fromEntries(entries.sort(([, a], [, b]) => a - b).slice(-kept / 2))
}
