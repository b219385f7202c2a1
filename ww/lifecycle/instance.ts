import type { LimitedHook, Settings } from '../config/settings.ts'
import type { AnnouncedState, LifecycleState } from './chart.ts'
import { type Doing, type Failure, noteFailure, whileDoing } from './doing.ts'
import type { HookCall, HookResult } from './hook.ts'
import type { OpenLimit } from './limit.ts'
import type { Limits } from './limits.ts'
import { describeResult, succeeded } from './outcome.ts'
import { noRestarts, type RestartHistory } from './restart-policy.ts'
import type { ServiceRecord } from './service-parts.ts'
import type { ServiceStatus } from './service-status.ts'
import type { Services } from './services.ts'
import type { Step } from './stop-budget.ts'
import type { World } from './world.ts'

/** A restart that UP or RESTARTING has decided on; `attempt` counts those in a row. */
export type PlannedRestart = { readonly delay: number; readonly attempt: number }

/** A monitor that succeeded before UP: UP reports it, and waits for the next one from there. */
export type FirstMonitor = { readonly output: string; readonly nextAt: number }

/** A step of going down, for the last line of the log: how long it took in milliseconds, or that it did not run. */
export type StopStep = { readonly name: string; readonly took: number | 'none' | 'skipped' }

/** What the activities of one instance share: the world, the settings, and the few facts that outlive a state. */
export class Instance {
  readonly world: World
  readonly settings: Settings
  readonly limits: Limits
  /** When this boot began, by the world's clock. */
  readonly bootedAt: number
  /** The state that it is in or going to, why, and since when (`date`). */
  visible: { readonly state: LifecycleState; readonly reason: string; readonly since: number }
  /** The last announced state, the one before it, and since when, by the world's clock. */
  announced: AnnouncedState | null = null
  previous: AnnouncedState | null = null
  announcedAt: number
  /** The services that run; null when none were started, or all have ended. */
  services: Services | null = null
  /** What of each service outlives a restart of all of them, by name. */
  readonly records = new Map<string, ServiceRecord>()
  /** The one-shots that have succeeded in this boot. */
  readonly doneOneshots = new Map<string, ServiceStatus>()
  /** `svcup` was called, so `svcdown` has something to undo. */
  servicesStarted = false
  /** UP was entered and neither drained nor left by a crash: whoever stops or restarts it runs `drain`. */
  serving = false
  restartHistory: RestartHistory = noRestarts
  /** Set by whoever decided on the restart; null in a requested one. */
  plannedRestart: PlannedRestart | null = null
  firstMonitor: FirstMonitor | null = null
  /** The results of the monitors that failed since the last healthy one, oldest first. */
  monitorFailures: readonly string[] = []
  /** The step that takes long; null while none does. */
  doing: Doing | null = null
  /** The last things that went wrong in this boot, oldest first. */
  failures: readonly Failure[] = []
  /** Why the lifecycle failed; the facts are for the log. */
  failure: { readonly reason: string; readonly facts: readonly string[] } | null = null
  /** The steps of going down, once a stop was requested. */
  readonly stopSteps: StopStep[] = []
  readonly killed: string[] = []

  constructor(world: World, settings: Settings, limits: Limits) {
    this.world = world
    this.settings = settings
    this.limits = limits
    this.bootedAt = world.now()
    this.announcedAt = this.bootedAt
    this.visible = { state: 'BOOT', reason: 'started', since: world.date() }
  }

  /** Requests a stop of the instance; its lifecycle sets what that does. */
  requestStop: (reason: string) => void = () => {}
  /** Reports an exception outside the activities of the lifecycle, which ends the instance in order. */
  fail: (error: unknown) => void = () => {}
  /** Called when it changes whether the essential services are ready. */
  onReadiness: () => void = () => {}

  /** Whether a second stop signal has come. */
  get forced(): boolean {
    return this.limits.budget?.forced ?? false
  }

  /** Runs a hook of the state that the signal belongs to, under its own time limit; leaving the state ends it. */
  async runHook(
    name: LimitedHook,
    signal: AbortSignal,
    more: Partial<Pick<HookCall, 'args' | 'env' | 'capture'>> & { readonly ms?: number } = {},
  ): Promise<HookResult> {
    const { ms = this.settings.timeouts[name], ...call } = more
    const work = (): Promise<HookResult> =>
      this.limits.run('work', ms, signal, (limit) => this.call({ name, ...call }, limit))
    // a monitor is judged by what it prints, and by more than one of them
    if (name === 'monitor') return work()
    const step = { kind: 'hook', what: name, ms, setting: `ww.timeouts.${name}` } as const
    const result = await whileDoing(this, step, work)
    if (!succeeded(result) && result.kind !== 'aborted' && result.kind !== 'absent')
      noteFailure(this, { name, reason: describeResult(result), ms: result.ms, output: null })
    return result
  }

  /** Runs a hook that stops services: leaving the state does not end it, only its time or a forced stop does. */
  runStopHook(name: 'drain' | 'svcdown'): Promise<HookResult> {
    const step: Step = name
    return this.limits.run(step, this.settings.timeouts[name], null, (limit) => {
      const timeLeft = Math.floor(limit.left / 1000)
      const env = { WW_REASON: this.visible.reason, WW_TIME_LEFT: String(timeLeft) }
      return this.call({ name, env }, limit)
    })
  }

  /** The state that a hook sees now. */
  callContext(): Pick<HookCall, 'state' | 'previous'> {
    const { state } = this.visible
    return { state, previous: state === this.announced ? this.previous : this.announced }
  }

  private call(call: Omit<HookCall, 'state' | 'previous'>, limit: OpenLimit): Promise<HookResult> {
    return this.world.runHook({ ...this.callContext(), ...call }, limit)
  }
}
