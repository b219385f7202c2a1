import type { Outcome } from '../chart/machine.ts'
import type { LimitedHook, Settings } from '../config/settings.ts'
import type { AnnouncedState, LifecycleEvent, LifecycleState } from './chart.ts'
import { noRestarts, type RestartDecision, type RestartHistory } from './governor.ts'
import type { HookCall, HookResult, Service, World } from './world.ts'

/** What the activities of one instance share: the world, the settings, and what has happened so far. */
export class Instance {
  readonly world: World
  readonly settings: Settings
  /** The state before this one, steps of stopping included. */
  cameFrom: LifecycleState | null = null
  /** The announced state it is in, the one before, and since when. */
  announced: AnnouncedState | null = null
  previous: AnnouncedState | null = null
  announcedAt: number
  /** When UP was last entered. */
  upSince: number | null = null
  services: Service[] = []
  /** `svcup` was called, so `svcdown` has something to undo. */
  servicesStarted = false
  restartHistory: RestartHistory = noRestarts
  restart: RestartDecision | null = null
  /** The outputs of the last failed monitors, oldest first. */
  monitorOutputs: string[] = []
  /** When all of stopping must be over; null while nobody has asked for a stop. */
  stopBy: number | null = null
  stopAskedAt = 0
  stopReason = ''
  /** Why the lifecycle failed. */
  failure = ''
  /** What stopping did, and how long each step took, for the last line of the log. */
  readonly stopSteps: { name: string; ms: number }[] = []
  readonly killed: string[] = []

  constructor(world: World, settings: Settings) {
    this.world = world
    this.settings = settings
    this.announcedAt = world.now()
  }

  /** Runs a hook of the current state under its own time limit. */
  runHook(name: LimitedHook, signal: AbortSignal, extra: Partial<HookCall> = {}): Promise<HookResult> {
    return this.world.runHook(
      { ...this.callContext(), name, limit: this.settings.timeouts[name], ...extra },
      signal,
    )
  }

  /** The state that every hook is told of. */
  callContext(): Pick<HookCall, 'state' | 'previous'> {
    return { state: this.announced ?? 'BOOT', previous: this.previous }
  }
}

/** The event that a hook's result means for the state that ran it: `ok`, or `failed` with the reason. */
export function outcomeOf(result: HookResult): Outcome<LifecycleEvent> {
  return succeeded(result) ? { event: 'ok' } : { event: 'failed', reason: result.summary }
}

/** Whether there was nothing to do, or it was done. */
export function succeeded(result: HookResult): boolean {
  return result.outcome === 'ok' || result.outcome === 'absent'
}
