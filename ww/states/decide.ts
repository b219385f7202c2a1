import { isFinal, next } from '../chart/chart.ts'
import type { HistoryEntry, LinearState, MachineRecord } from './record.ts'
import type { Decision } from './store.ts'
import { parseTime } from './time.ts'

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

/** When the current state's time comes, in milliseconds since 1970; null when it moves otherwise. */
export function dueAt(record: MachineRecord): number | null {
  const state = currentLinear(record)
  return state?.func === 'time' && state.target ? parseTime(String(state.target.when.value)) : null
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
  const state = currentLinear(record)
  if (update.event !== undefined) return refuse('linear')
  if (!state?.current || !state.target) return refuse(state?.func === 'time' ? 'timed' : 'ended')
  if (update.state !== undefined && update.state !== record.state) return refuse('not-current')
  const { current, target } = state
  const value = Number(current.value) + 1
  const counted = replaceState(record, { ...state, current: { ...current, value } })
  const moved = value >= Number(target.when.value) ? enter(counted, target.name) : counted
  return accept(record, moved, update, `${record.state}: ${current.key} is ${value}`)
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

function currentLinear({ chart, state }: MachineRecord): LinearState | undefined {
  return chart.kind === 'linear' ? chart.states.find(({ name }) => name === state) : undefined
}

/** A state that is entered again, since the line leads in a circle, counts anew. */
function enter(record: MachineRecord, name: string): MachineRecord {
  const entered = { ...record, state: name }
  const state = currentLinear(entered)
  if (!state?.current || !state.target) return entered
  const isSpent = Number(state.current.value) >= Number(state.target.when.value)
  return isSpent ? replaceState(entered, { ...state, current: { ...state.current, value: 0 } }) : entered
}

function replaceState(record: MachineRecord, state: LinearState): MachineRecord {
  if (record.chart.kind !== 'linear') return record
  const states = record.chart.states.map((other) => (other.name === state.name ? state : other))
  return { ...record, chart: { kind: 'linear', states } }
}
