import { decideTime } from './decide.ts'
import { dueAt } from './linear.ts'
import type { MachineRecord } from './record.ts'
import type { StateStore } from './store.ts'

/**
 * How often a timer looks at the clock on the wall at least, in milliseconds: it may be set, and a machine that slept
 * counts no time.
 */
const look = 60_000

/** How long after a failure the clock tries again, in milliseconds. */
const again = 1000

/**
 * Moves timed machines when their time comes: late, when nothing ran at that time, rather than never. Several
 * replicas may do so side by side: whoever comes second finds nothing to move.
 */
export class Clock {
  #store: StateStore
  #warn: (line: string) => void
  #timers = new Map<string, NodeJS.Timeout>()
  #stop: () => void
  #closed = false

  constructor(store: StateStore, warn: (line: string) => void) {
    this.#store = store
    this.#warn = warn
    this.#stop = store.watch((name, record) => this.#wind(name, record))
  }

  /** Winds the clock for the machines that there are. */
  async start(): Promise<void> {
    for (const name of await this.#store.list()) this.#wind(name, await this.#store.read(name))
  }

  close(): void {
    this.#closed = true
    this.#stop()
    for (const timer of this.#timers.values()) clearTimeout(timer)
  }

  #wind(name: string, record: MachineRecord | null): void {
    const due = record && dueAt(record)
    if (due !== null) this.#set(name, due)
    else this.#clear(name)
  }

  #set(name: string, due: number): void {
    this.#clear(name)
    if (this.#closed) return
    const wait = Math.min(Math.max(0, due - Date.now()), look)
    const tick = (): void => (Date.now() < due ? this.#set(name, due) : void this.#fire(name))
    this.#timers.set(name, setTimeout(tick, wait))
  }

  #clear(name: string): void {
    clearTimeout(this.#timers.get(name))
    this.#timers.delete(name)
  }

  async #fire(name: string): Promise<void> {
    try {
      const update = await this.#store.update(name, (record) => decideTime(record, Date.now()))
      // another replica has moved it, or it was made anew: the next change is told, but not what has been told
      if (update && !update.answer) this.#wind(name, update.record)
    } catch (error) {
      this.#warn(`cannot move "${name}" at its time: ${error instanceof Error ? error.message : error}`)
      this.#set(name, Date.now() + again)
    }
  }
}
