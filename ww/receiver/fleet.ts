import type { AppView, InstanceRecord, InstanceView } from './model.ts'
import type { FleetStore } from './store.ts'
import { type Durations, noteDuration, stuckAfter } from './stuck.ts'
import { comingUp, nextChange, viewApps, viewInstance } from './view.ts'

/** How many states the durations are learnt from when the receiver begins. */
const lessons = 5000

/** How often it is looked whether time alone has changed something, in milliseconds. */
const tick = 1000

/** What has changed since the last time, as ids. */
export type FleetChange = { readonly changed: ReadonlySet<string>; readonly gone: ReadonlySet<string> }

/** The whole fleet as it is now, in memory: made from the store, and kept up with it. */
export class Fleet {
  readonly #records = new Map<string, InstanceRecord>()
  readonly #listeners = new Set<(change: FleetChange) => void>()
  readonly #now: () => number
  /** What was made of a record, until time alone makes it another. */
  readonly #views = new WeakMap<InstanceRecord, { readonly view: InstanceView; readonly until: number }>()
  #durations: Durations = {}
  /** When the view of an instance changes by time alone. */
  readonly #turns = new Map<string, number>()
  #timer: NodeJS.Timeout | null = null
  #unwatch: () => void = () => {}

  private constructor(now: () => number) {
    this.#now = now
  }

  /** Reads the store and follows it from there on. */
  static async open(store: FleetStore, now: () => number = Date.now): Promise<Fleet> {
    const fleet = new Fleet(now)
    fleet.#unwatch = store.watch(({ events, records }) => {
      for (const event of events) fleet.#durations = noteDuration(fleet.#durations, event)
      for (const record of records) fleet.#keep(record)
      fleet.#tell(new Set(records.map(({ id }) => id)), new Set())
    })
    for (const record of await store.records()) if (!fleet.#records.has(record.id)) fleet.#keep(record)
    for (const event of [...(await store.lastStates(lessons))].reverse())
      fleet.#durations = noteDuration(fleet.#durations, event)
    fleet.#timer = setInterval(() => fleet.#turn(), tick)
    return fleet
  }

  get size(): number {
    return this.#records.size
  }

  has(id: string): boolean {
    return this.#records.has(id)
  }

  /** An instance as it is now; null when it is not known. */
  view(id: string): InstanceView | null {
    const record = this.#records.get(id)
    return record ? this.#view(record, this.#now()) : null
  }

  views(): InstanceView[] {
    const now = this.#now()
    return [...this.#records.values()].map((record) => this.#view(record, now))
  }

  apps(): AppView[] {
    return viewApps(this.views(), this.#now())
  }

  /** Forgets instances that the store keeps no longer. */
  forget(ids: readonly string[]): void {
    for (const id of ids) {
      this.#records.delete(id)
      this.#turns.delete(id)
    }
    if (ids.length > 0) this.#tell(new Set(), new Set(ids))
  }

  /** Tells which instances changed, by an event or by time; call the answer to stop. */
  watch(listener: (change: FleetChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#unwatch()
    if (this.#timer) clearInterval(this.#timer)
    this.#listeners.clear()
  }

  #view(record: InstanceRecord, now: number): InstanceView {
    const known = this.#views.get(record)
    if (known && now < known.until) return known.view
    const stuckAfter = this.#stuckAfter(record)
    const view = viewInstance(record, now, stuckAfter)
    const until = nextChange(record, now, stuckAfter) ?? Number.POSITIVE_INFINITY
    // how long its state may last is learnt meanwhile, and restarts grow old: then it is looked at anew each time
    const isLearning = comingUp.includes(record.state) || record.restarts.length > 0
    if (!isLearning) this.#views.set(record, { view, until })
    return view
  }

  #keep(record: InstanceRecord): void {
    this.#records.set(record.id, record)
    this.#plan(record)
  }

  #plan(record: InstanceRecord): void {
    const turn = nextChange(record, this.#now(), this.#stuckAfter(record))
    if (turn === null) this.#turns.delete(record.id)
    else this.#turns.set(record.id, turn)
  }

  #turn(): void {
    const now = this.#now()
    const due: string[] = []
    for (const [id, at] of this.#turns) if (at <= now) due.push(id)
    for (const id of due) {
      const record = this.#records.get(id)
      if (record) this.#plan(record)
    }
    if (due.length > 0) this.#tell(new Set(due), new Set())
  }

  #tell(changed: ReadonlySet<string>, gone: ReadonlySet<string>): void {
    for (const listener of this.#listeners) listener({ changed, gone })
  }

  #stuckAfter({ app, state }: InstanceRecord): number | null {
    return stuckAfter(this.#durations, app, state)
  }
}
