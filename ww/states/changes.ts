import type { MachineRecord } from './record.ts'
import type { StateStore } from './store.ts'

/** Hears of the changes of one machine; null when it was removed. */
export type ChangeListener = (record: MachineRecord | null) => void

/** Tells each change to those who asked for that machine. */
export class Changes {
  #listeners = new Map<string, Set<ChangeListener>>()
  #stop: () => void

  constructor(store: StateStore) {
    this.#stop = store.watch((name, record) => {
      for (const listener of this.#listeners.get(name) ?? []) listener(record)
    })
  }

  /** Tells of a machine's changes from now on, until the answer is called. */
  listen(name: string, listener: ChangeListener): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0 && this.#listeners.get(name) === listeners) this.#listeners.delete(name)
    }
  }

  close(): void {
    this.#stop()
  }
}
