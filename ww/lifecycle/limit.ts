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

/** A limit whose times only ever come closer. */
export class OpenLimit implements Limit {
  readonly ms: number
  readonly #clock: Clock
  readonly #controllers = {
    end: new AbortController(),
    kill: new AbortController(),
    abandon: new AbortController(),
  }
  #due: LimitTimes = { end: Infinity, kill: Infinity, abandon: Infinity }
  #timers = new AbortController()
  #cause: LimitCause | null = null

  constructor(clock: Clock, ms: number, times: LimitTimes) {
    this.#clock = clock
    this.ms = ms
    this.bringForward(times, 'time')
  }

  get end(): AbortSignal {
    return this.#controllers.end.signal
  }

  get kill(): AbortSignal {
    return this.#controllers.kill.signal
  }

  get abandon(): AbortSignal {
    return this.#controllers.abandon.signal
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
    const earlier = (name: (typeof signals)[number]): number => Math.min(this.#due[name], now + times[name])
    this.#due = { end: earlier('end'), kill: earlier('kill'), abandon: earlier('abandon') }
    this.#timers.abort()
    this.#timers = new AbortController()
    const { signal } = this.#timers
    for (const name of signals) {
      const abort = (): void => this.#abort(name, cause)
      const wait = this.#due[name] - now
      if (wait <= 0) abort()
      else if (wait < Infinity) void this.#clock.sleep(wait, signal).then(() => signal.aborted || abort())
    }
  }

  /** The step is over: no timer is left. */
  close(): void {
    this.#timers.abort()
  }

  #abort(name: (typeof signals)[number], cause: LimitCause): void {
    this.#cause ??= cause
    // in this order, so that nobody sees a step that is killed but was never told to end
    for (const earlier of signals.slice(0, signals.indexOf(name) + 1)) this.#controllers[earlier].abort()
  }
}
