import type { LimitTimes } from './limit.ts'

/**
 * What a limit is for. `work`: a hook that a state runs on the way up; a stop ends it. `wait`: the same for what has no
 * process to kill, so that all of the time is for waiting. `drain`, `services`, `servicesAlone`
 * (there is no svcdown after them), `svcdown`, `sweep`: the steps of going down, in this order; a stop only brings them
 * forward. `announcement`: a hook that reports beside the lifecycle. `flush`: waiting for the last announcement.
 */
export type Step =
  | 'work'
  | 'wait'
  | 'drain'
  | 'services'
  | 'servicesAlone'
  | 'svcdown'
  | 'sweep'
  | 'announcement'
  | 'flush'

/** The settings that bound a stop, in milliseconds. */
export type StopSettings = {
  readonly killAfter: number
  readonly stop: { readonly grace: number; readonly sweep: number; readonly announce: number }
}

/** What each step may take of the time that is left before the sweep. */
const shares = { drain: 0.5, services: 0.75, servicesAlone: 1, svcdown: 1 } as const

/** A forced stop gives services this long after SIGTERM, in milliseconds. */
const forcedServices = 300

/** How long the kernel gets to end what was sent SIGKILL before it counts as unkillable, in milliseconds. */
const longestReap = 250

/**
 * Where the seconds of a stop go. It is created when the stop is requested and divides `ww.stop.grace`:
 *
 *     | leaving | drain 1/2 | services 3/4 | svcdown, the rest | sweep | announcement | exit |
 *
 * Each part includes the SIGKILL at its end. What a step does not use is the next one's. The sweep and the last
 * announcement have a reserve (`ww.stop.sweep`, `ww.stop.announce`) that no earlier step can use up, and a twentieth of
 * the grace period, 250 ms at most, is left for the process to exit.
 */
export class StopBudget {
  readonly reason: string
  readonly requestedAt: number
  readonly deadline: number
  /** A second stop signal has come. */
  forced = false
  readonly #settings: StopSettings

  constructor(reason: string, now: number, settings: StopSettings) {
    this.reason = reason
    this.requestedAt = now
    this.#settings = settings
    const { grace } = settings.stop
    this.deadline = now + grace - Math.min(250, grace / 20)
  }

  /** The milliseconds that are left for everything before the sweep. */
  left(now: number): number {
    const { sweep, announce } = this.#settings.stop
    return Math.max(0, this.deadline - now - sweep - announce)
  }

  /** The times of a step that begins now, or that a stop, or its being forced, meets under way. */
  timesOf(step: Step, now: number): LimitTimes {
    const { stop, killAfter } = this.#settings
    const rest = Math.max(0, this.deadline - now)
    if (this.forced) return forcedTimes(step, rest)
    if (step === 'work' || step === 'wait') return leaveWithin(Math.min(killAfter, this.left(now) / 4))
    if (step === 'sweep') return endNow(Math.min(stop.sweep, Math.max(0, rest - stop.announce)))
    if (step === 'announcement') return endWithin(rest, stop.announce)
    if (step === 'flush') return flushWithin(rest, stop.announce)
    const part = this.left(now) * shares[step]
    return step === 'drain' || step === 'svcdown' ? endWithin(part, killAfter) : endNow(part)
  }
}

/** The times without a stop: a step may take `ms`, the kill included. */
export function ordinaryTimes(step: Step, ms: number, settings: StopSettings): LimitTimes {
  if (step === 'services' || step === 'servicesAlone' || step === 'sweep') return endNow(ms)
  if (step === 'flush') return flushWithin(ms, settings.stop.announce)
  if (step === 'wait') return { end: ms, kill: ms, abandon: ms + longestReap }
  return endWithin(ms, settings.killAfter)
}

function forcedTimes(step: Step, rest: number): LimitTimes {
  if (step === 'services' || step === 'servicesAlone') {
    const ms = Math.min(forcedServices + longestReap, rest)
    return { end: 0, kill: Math.min(forcedServices, ms - reapTime(ms)), abandon: ms }
  }
  if (step === 'flush') return flushWithin(Math.min(rest, 1000), 0)
  if (step === 'announcement') return endWithin(Math.min(rest, 1000), 0)
  return { end: 0, kill: 0, abandon: Math.min(longestReap, rest) }
}

/** SIGTERM in time for `window` milliseconds of grace, SIGKILL, and all of it over after `ms`. */
function endWithin(ms: number, window: number): LimitTimes {
  const reap = reapTime(ms)
  return { end: ms - reap - Math.min(window, ms / 4), kill: ms - reap, abandon: ms }
}

/** SIGTERM now, SIGKILL in time for all of it to be over after `ms`. */
function endNow(ms: number): LimitTimes {
  return { end: 0, kill: ms - reapTime(ms), abandon: ms }
}

/** SIGTERM now, SIGKILL after `window`, and a moment for the kernel. */
export function leaveWithin(window: number): LimitTimes {
  return { end: 0, kill: window, abandon: window + longestReap }
}

/** What is old, or fails, is given up after `patience`; the last announcement has until `ms`. */
function flushWithin(ms: number, patience: number): LimitTimes {
  return { end: Math.min(patience, ms / 2), kill: ms - reapTime(ms), abandon: ms }
}

function reapTime(ms: number): number {
  return Math.min(longestReap, ms / 10)
}
