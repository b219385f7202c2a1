import { type Machine, startMachine } from '../chart/machine.ts'
import type { Settings } from '../config/settings.ts'
import { enterState } from './announce.ts'
import { boot, firstboot, upgrade } from './boot.ts'
import { type LifecycleEvent, type LifecycleState, lifecycleChart } from './chart.ts'
import { Instance } from './instance.ts'
import { MonitorRequests } from './monitor.ts'
import { warmup } from './services.ts'
import { endInError, summariseStop, sweepLeftovers, takeDown, tellTheEnd } from './stop.ts'
import { restart, up } from './up.ts'
import type { Crash, HookResult, World } from './world.ts'

/** A running lifecycle, as signals and the command line see it. */
export type Lifecycle = {
  /** Begins to stop; called again it cuts every wait short. */
  stop(reason: string): void
  /** Restarts the services; false when the instance is not UP. */
  restart(reason: string): boolean
  /** Runs the monitor now; null when the instance is not UP. */
  monitorNow(): Promise<HookResult | null>
  /** Resolves with the exit code: 0 after STOPPED, 1 after ERROR. */
  readonly done: Promise<number>
}

/** Takes one instance through its life, from BOOT to STOPPED or ERROR. */
export function startLifecycle(world: World, settings: Settings, crash?: Crash): Lifecycle {
  const instance = new Instance(world, settings)
  const requests = new MonitorRequests()
  const machine: Machine<LifecycleState, LifecycleEvent> = startMachine({
    chart: lifecycleChart,
    onEnter: (entry) => enterState(instance, entry, crash),
    activities: {
      BOOT: (signal) => boot(instance, signal),
      FIRSTBOOT: (signal) => firstboot(instance, signal),
      UPGRADING: (signal) => upgrade(instance, signal),
      WARMUP: (signal) => warmup(instance, signal),
      UP: (signal) => up(instance, requests, signal),
      RESTARTING: (signal) => restart(instance, signal),
      STOPPING: (signal) => takeDown(instance, signal),
      FAILING: (signal) => takeDown(instance, signal),
      SWEEPING: () => sweepLeftovers(instance, settings.stop.sweep),
      KILLING: () => sweepLeftovers(instance, 0),
      STOPPED: () => tellTheEnd(instance),
      ERROR: () => endInError(instance),
    },
  })
  return {
    stop(reason) {
      if (instance.stopBy !== null) {
        world.hurry()
        machine.send('hurry', reason)
        return
      }
      instance.stopAskedAt = world.now()
      instance.stopBy = instance.stopAskedAt + settings.stop.grace
      instance.stopReason = reason
      machine.send('terminate', reason)
    },
    restart: (reason) => machine.send('restart', reason),
    monitorNow: () => (machine.state === 'UP' ? requests.request() : Promise.resolve(null)),
    done: machine.done.then((state) => {
      if (instance.stopBy !== null) world.info(summariseStop(instance))
      return state === 'STOPPED' ? 0 : 1
    }),
  }
}
