import { formatLimit } from '../base/text.ts'
import { type Entry, type Machine, startMachine } from '../chart/machine.ts'
import type { Settings } from '../config/settings.ts'
import { boot, firstboot, upgrade } from './boot.ts'
import { type LifecycleEvent, type LifecycleState, lifecycleChart } from './chart.ts'
import type { HookResult } from './hook.ts'
import { Instance } from './instance.ts'
import type { Limits } from './limits.ts'
import { MonitorRequests } from './monitor-requests.ts'
import {
  type BootFacts,
  isReady,
  reportEntering,
  reportLeaving,
  reportReadiness,
  summariseStop,
} from './report.ts'
import { commandService, type ServiceAnswer, type ServiceVerb } from './service-command.ts'
import { warmup } from './start.ts'
import { end, error, fail, flush, hold, stop } from './stop.ts'
import { restart, runReload, up } from './up.ts'
import type { Visible, World } from './world.ts'

/** A running lifecycle, as signals and the command line see it. */
export type Lifecycle = {
  /** Begins a stop; a second call forces it. */
  stop(reason: string): 'begun' | 'forced' | 'ignored'
  /** Restarts the services; false when the instance is not UP. */
  restart(reason: string): boolean
  /** Starts, stops or restarts one service; with `wait`, resolves when that is done. */
  commandService(verb: ServiceVerb, name: string, wait: boolean): Promise<ServiceAnswer>
  /** Runs the hook `reload` with the key paths that changed; null when the instance is not UP. */
  runReload(keyPaths: readonly string[]): Promise<HookResult | null>
  /** The key paths that each running service uses, by its name. */
  readonly serviceUses: Readonly<Record<string, readonly string[]>>
  /** Runs the monitor now; null when the instance is not UP. */
  monitorNow(): Promise<HookResult | null>
  /** An exception outside the activities: a bug, which ends the instance in order. */
  fail(error: unknown): void
  readonly visible: Visible
  /** Resolves with the exit code: 0 after STOPPED, 1 after ERROR. */
  readonly done: Promise<number>
}

/** Runs the lifecycle of one instance, from BOOT to STOPPED or ERROR. */
export function startLifecycle(
  world: World,
  settings: Settings,
  limits: Limits,
  facts: BootFacts = { about: '' },
): Lifecycle {
  const instance = new Instance(world, settings, limits)
  const requests = new MonitorRequests()
  const machine: Machine<LifecycleState, LifecycleEvent> = startMachine({
    chart: lifecycleChart,
    activities: {
      BOOT: (signal) => boot(instance, signal),
      FIRSTBOOT: (signal) => firstboot(instance, signal),
      UPGRADING: (signal) => upgrade(instance, signal),
      WARMUP: (signal) => warmup(instance, signal),
      UP: (signal) => up(instance, requests, signal),
      RESTARTING: (signal) => restart(instance, signal),
      STOPPING: () => stop(instance),
      FAILING: () => fail(instance),
      ERROR: () => error(instance),
      HELD: (signal) => hold(instance, signal),
      STOPPED: () => flush(instance),
      ENDING: () => end(instance),
    },
    onLeave: (entry) => {
      recordFailure(instance, entry)
      reportLeaving(instance, entry)
    },
    onEnter: (entry) => reportEntering(instance, entry, facts),
    // an exception is a bug: it keeps its stack trace, and leads through FAILING to ERROR
    onThrow: (thrown, state) => {
      world.reportBug(thrown, state)
      instance.failure ??= { reason: describeBug(thrown), facts: [] }
      return { event: 'failed', reason: describeBug(thrown) }
    },
  })
  const over = new AbortController()
  const { promise: overdue, resolve: giveUp } = Promise.withResolvers<LifecycleState>()
  const stopNow = (reason: string): ReturnType<Lifecycle['stop']> => {
    const how = limits.stop(reason)
    if (how === 'begun') {
      world.info(`STOPPING: ${reason} (grace period ${formatLimit(settings.stop.grace)})`)
      machine.send('terminate', reason)
      void world.sleep(settings.stop.grace, over.signal).then(() => giveUp(machine.state))
    }
    if (how === 'forced') {
      world.info(`STOPPING: ${reason} again, forced`)
      instance.services?.force()
    }
    return how
  }
  // a service that is done ends the instance, once
  instance.requestStop = (reason) => void (limits.budget ?? stopNow(reason))
  instance.fail = (thrown) => {
    world.reportBug(thrown, machine.state)
    machine.send('failed', describeBug(thrown))
  }
  instance.onReadiness = () => reportReadiness(instance)
  return {
    stop: stopNow,
    restart: (reason) => machine.send('restart', reason),
    commandService: (verb, name, wait) => commandService(instance, verb, name, wait),
    runReload: (keyPaths) => (machine.state === 'UP' ? runReload(instance, keyPaths) : Promise.resolve(null)),
    get serviceUses() {
      return instance.services?.uses ?? {}
    },
    monitorNow: () => (machine.state === 'UP' ? requests.request() : Promise.resolve(null)),
    fail: instance.fail,
    get visible() {
      return { ...instance.visible, ready: isReady(instance) }
    },
    // the budget bounds every step; the race is for a bug that leaves one of them waiting
    done: Promise.race([machine.done, overdue]).then((state) => {
      over.abort()
      if (state !== 'STOPPED' && state !== 'ENDING')
        world.error(`the grace period is over in ${state}; exiting`)
      const code = instance.failure === null ? 0 : 1
      world.info(summariseStop(instance, code))
      return code
    }),
  }
}

/** The first reason for which the lifecycle fails is the one that ERROR reports. */
function recordFailure(
  instance: Instance,
  { state, reason = '', facts = [] }: Entry<LifecycleState, LifecycleEvent>,
): void {
  if (state === 'FAILING') instance.failure ??= { reason, facts }
}

function describeBug(thrown: unknown): string {
  return `bug: ${thrown instanceof Error ? thrown.message : String(thrown)}`
}
