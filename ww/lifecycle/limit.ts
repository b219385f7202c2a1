import type { Clock } from './world.ts'

/**
 * How long one step may take, as three signals instead of a number, because the times can still change: when a stop
 * begins, its budget brings every open limit forward, and a forced stop closes them at once.
 */
export type Limit = {
  /** Aborted when the step has to end: send SIGTERM. */
  readonly end: AbortSignal
  /** Aborted when it has had time to end: send SIGKILL. */
  readonly kill: AbortSignal
  /** Aborted when nobody waits for it any longer: what SIGKILL did not end is abandoned, and left to the sweep. */
  readonly abandon: AbortSignal
  /** Why `end` was aborted: the time was over, or the state was left; null before that. */
  readonly cause: LimitCause | null
  /** How long the step may take altogether, in milliseconds, as configured. */
  readonly ms: number
}

/** Why a step had to end. */
export type LimitCause = 'time' | 'left'

/** When the three signals of a limit are aborted, in milliseconds from now; each at the earliest now. */
export type LimitTimes = { readonly end: number; readonly kill: number; readonly abandon: number }

const signals = ['end', 'kill', 'abandon'] as const

type SignalName = (typeof signals)[number]

/**
 * A limit whose times only ever come closer. Every hook has one, and most of them never end, so that there is one timer at
 * a time, and a signal only where somebody asks for it.
 */
export class OpenLimit implements Limit {
  readonly ms: number
  readonly #clock: Clock
  readonly #controllers = new Map<SignalName, AbortController>()
  #due: LimitTimes = { end: Infinity, kill: Infinity, abandon: Infinity }
  /** How many of the signals are aborted. */
  #reached = 0
  #timer = new AbortController()
  #cause: LimitCause | null = null

  constructor(clock: Clock, ms: number, times: LimitTimes) {
    this.#clock = clock
    this.ms = ms
    this.bringForward(times, 'time')
  }

  get end(): AbortSignal {
    return this.#signal('end')
  }

  get kill(): AbortSignal {
    return this.#signal('kill')
  }

  get abandon(): AbortSignal {
    return this.#signal('abandon')
  }

  get cause(): LimitCause | null {
    return this.#cause
  }

  /** The milliseconds until the step has to end. */
  get left(): number {
    return Math.max(0, this.#due.end - this.#clock.now())
  }

  /** Brings the times forward; a time that would be later than it was stays as it is. */
  bringForward(times: LimitTimes, cause: LimitCause): void {
    const now = this.#clock.now()
    const earlier = (name: SignalName): number => Math.min(this.#due[name], now + times[name])
    this.#due = { end: earlier('end'), kill: earlier('kill'), abandon: earlier('abandon') }
    this.#timer.abort()
    this.#abortDue(cause)
  }

  /** The step is over: no timer is left. */
  close(): void {
    this.#timer.abort()
  }

  /** Aborts what is due, and sleeps until the next one is. */
  #abortDue(cause: LimitCause): void {
    const now = this.#clock.now()
    // a step that is to be killed is told to end first, whatever the times say
    const due = signals.findLastIndex((name) => this.#due[name] <= now) + 1
    if (due > this.#reached) {
      this.#cause ??= cause
      const aborted = signals.slice(this.#reached, due)
      this.#reached = due
      for (const name of aborted) this.#controllers.get(name)?.abort()
    }
    const next = Math.min(...signals.slice(this.#reached).map((name) => this.#due[name]))
    if (next === Infinity) return
    this.#timer = new AbortController()
    const { signal } = this.#timer
    void this.#clock.sleep(next - now, signal).then(() => signal.aborted || this.#abortDue(cause))
  }

  #signal(name: SignalName): AbortSignal {
    const controller = this.#controllers.get(name) ?? new AbortController()
    this.#controllers.set(name, controller)
    if (signals.indexOf(name) < this.#reached) controller.abort()
    return controller.signal
  }
}
