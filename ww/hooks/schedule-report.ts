import type { HookResult } from '../lifecycle/hook.ts'
import { describeHook, succeeded } from '../lifecycle/outcome.ts'
import type { ScheduleNotice } from './channels.ts'

/** One run of a hook on a schedule; `at` is when it began. */
export type ScheduleRun = {
  readonly at: number
  readonly ms: number
  readonly ok: boolean
  /** `succeeded`, or why not, such as `exited with code 3`. */
  readonly reason: string
}

/** What a schedule does, as the status shows it. Times are milliseconds since the epoch. */
export type ScheduleReport = {
  readonly hook: string
  /** `scheduled`: its next time was computed, or there is none any more because UP was left. */
  readonly kind: 'scheduled' | 'started' | 'ended' | 'skipped'
  /** When it is due next, without the splay; null outside UP. */
  readonly nextAt: number | null
  readonly last: ScheduleRun | null
}

/** What is known of the schedules of one boot: it outlives UP, so that a restart of the services forgets nothing. */
export class ScheduleHistory {
  readonly last = new Map<string, ScheduleRun>()
  /** Those whose last run failed or was skipped: their next success is reported. */
  readonly troubled = new Set<string>()
}

/** Where reports of schedules go; a notice is what somebody has to know: a failure, a skipped run, or a recovery. */
export type ScheduleListeners = {
  readonly history: ScheduleHistory
  onSchedule(report: ScheduleReport): void
  onNotice(notice: ScheduleNotice): void
}

/** Reports what schedules do; `nextAt` is when a hook is due next. */
export class ScheduleReporter {
  readonly #listeners: ScheduleListeners
  readonly #nextAt: (hook: string) => number | null

  constructor(listeners: ScheduleListeners, nextAt: (hook: string) => number | null) {
    this.#listeners = listeners
    this.#nextAt = nextAt
  }

  scheduled(hook: string): void {
    this.#report(hook, 'scheduled')
  }

  started(hook: string): void {
    this.#report(hook, 'started')
  }

  ended(hook: string, at: number, result: HookResult): void {
    const { last, troubled } = this.#listeners.history
    const run = toRun(hook, at, result)
    last.set(hook, run)
    this.#report(hook, 'ended')
    // ended by a stop or a restart is no fault of its own
    if (result.kind === 'aborted') return
    const wasTroubled = troubled.delete(hook)
    if (!run.ok) troubled.add(hook)
    if (!run.ok || wasTroubled) this.#notify(hook, run.ok ? 'succeeded' : 'failed', run.reason, run.ms)
  }

  skipped(hook: string, reason: string): void {
    this.#listeners.history.troubled.add(hook)
    this.#report(hook, 'skipped')
    this.#notify(hook, 'skipped', reason, null)
  }

  #report(hook: string, kind: ScheduleReport['kind']): void {
    const last = this.#listeners.history.last.get(hook) ?? null
    this.#listeners.onSchedule({ hook, kind, nextAt: this.#nextAt(hook), last })
  }

  #notify(hook: string, result: ScheduleNotice['result'], reason: string, ms: number | null): void {
    this.#listeners.onNotice({ hook, result, reason, ms, nextAt: this.#nextAt(hook), at: Date.now() })
  }
}

function toRun(hook: string, at: number, result: HookResult): ScheduleRun {
  if (result.kind === 'absent') return { at, ms: 0, ok: false, reason: 'there is no such hook' }
  // the name is beside it wherever it is shown
  const reason = describeHook(hook, result).slice(hook.length + 1)
  return { at, ms: result.ms, ok: succeeded(result), reason }
}
