import type { Schedule } from '../config/settings.ts'

type Schedules = Readonly<Record<string, Schedule>>

/** The schedules of an instance, which a reload replaces without ending the runs that are under way. */
export class ScheduleTable {
  #schedules: Schedules
  readonly #listeners = new Set<() => void>()

  constructor(schedules: Schedules) {
    this.#schedules = schedules
  }

  get schedules(): Schedules {
    return this.#schedules
  }

  replace(schedules: Schedules): void {
    this.#schedules = schedules
    for (const listener of this.#listeners) listener()
  }

  /** Calls `listener` after each replacement until aborted. */
  watch(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true })
  }

  /** Resolves when there is a schedule, or when aborted. */
  awaitAny(signal: AbortSignal): Promise<void> {
    const over = new AbortController()
    return new Promise<void>((resolve) => {
      const check = (): void => {
        if (signal.aborted || Object.keys(this.#schedules).length > 0) resolve()
      }
      this.watch(check, AbortSignal.any([signal, over.signal]))
      signal.addEventListener('abort', check, { once: true, signal: over.signal })
      check()
    }).finally(() => over.abort())
  }
}
