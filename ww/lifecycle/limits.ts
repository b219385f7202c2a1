import { type LimitCause, OpenLimit } from './limit.ts'
import { leaveWithin, ordinaryTimes, type Step, StopBudget, type StopSettings } from './stop-budget.ts'
import type { Clock } from './world.ts'

/** Opens the limits of one instance, and brings those that are open forward when a stop begins. */
export class Limits {
  readonly #clock: Clock
  readonly #settings: StopSettings
  readonly #open = new Map<OpenLimit, Step>()
  #budget: StopBudget | null = null

  constructor(clock: Clock, settings: StopSettings) {
    this.#clock = clock
    this.#settings = settings
  }

  /** The budget of the stop that was requested; null before that. */
  get budget(): StopBudget | null {
    return this.#budget
  }

  /** Runs a step that may take `ms`, less in a stop; when `left` is aborted, the step has to end at once. */
  async run<T>(
    step: Step,
    ms: number,
    left: AbortSignal | null,
    work: (limit: OpenLimit) => Promise<T>,
  ): Promise<T> {
    const limit = new OpenLimit(this.#clock, ms, ordinaryTimes(step, ms, this.#settings))
    this.#open.set(limit, step)
    const leave = (): void =>
      limit.bringForward(leaveWithin(Math.min(this.#settings.killAfter, ms / 4)), 'left')
    left?.addEventListener('abort', leave)
    if (left?.aborted) leave()
    if (this.#budget) this.#bound(limit, step, this.#budget)
    try {
      return await work(limit)
    } finally {
      left?.removeEventListener('abort', leave)
      this.#open.delete(limit)
      limit.close()
    }
  }

  /** Begins a stop; a further call forces it. Says which of the two it was, or that it was forced before. */
  stop(reason: string): 'begun' | 'forced' | 'ignored' {
    const before = this.#budget
    if (before?.forced) return 'ignored'
    if (before) before.forced = true
    const budget = before ?? new StopBudget(reason, this.#clock.now(), this.#settings)
    this.#budget = budget
    for (const [limit, step] of this.#open) this.#bound(limit, step, budget)
    return before ? 'forced' : 'begun'
  }

  #bound(limit: OpenLimit, step: Step, budget: StopBudget): void {
    const cause: LimitCause = step === 'work' || step === 'wait' || budget.forced ? 'left' : 'time'
    limit.bringForward(budget.timesOf(step, this.#clock.now()), cause)
  }
}
