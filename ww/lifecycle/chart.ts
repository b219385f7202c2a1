import { defineChart } from '../chart/chart.ts'

/**
 * The lifecycle of an instance.
 *
 * BOOT prepares the image, FIRSTBOOT creates /data, UPGRADING upgrades it to this version, WARMUP starts the services and
 * waits until they are ready, UP watches them, RESTARTING starts them again. STOPPING stops the services and ends what
 * is left; FAILING does so after a failure. HELD waits, after ERROR, for somebody to inspect the container and stop it;
 * ENDING ends what is left then.
 */
export const lifecycleChart = defineChart({
  initial: 'BOOT',
  states: {
    BOOT: {
      fresh: 'FIRSTBOOT',
      initialised: 'UPGRADING',
      failed: 'FAILING',
      terminate: 'STOPPING',
      restart: null,
    },
    FIRSTBOOT: { ok: 'UPGRADING', failed: 'FAILING', terminate: 'STOPPING', restart: null },
    UPGRADING: { ok: 'WARMUP', failed: 'FAILING', terminate: 'STOPPING', restart: null },
    WARMUP: { ok: 'UP', failed: 'FAILING', terminate: 'STOPPING', restart: null },
    UP: {
      unhealthy: 'RESTARTING',
      restart: 'RESTARTING',
      exhausted: 'FAILING',
      failed: 'FAILING',
      terminate: 'STOPPING',
    },
    RESTARTING: {
      ok: 'UP',
      again: 'RESTARTING',
      exhausted: 'FAILING',
      failed: 'FAILING',
      terminate: 'STOPPING',
      restart: null,
    },
    STOPPING: { done: 'STOPPED', failed: 'FAILING', terminate: null, restart: null },
    FAILING: { done: 'ERROR', failed: 'ERROR', terminate: null, restart: null },
    ERROR: { done: 'ENDING', hold: 'HELD', failed: 'ENDING', terminate: null, restart: null },
    HELD: { terminate: 'ENDING', failed: 'ENDING', restart: null },
    STOPPED: { failed: null, terminate: null, restart: null },
    ENDING: { failed: null, terminate: null, restart: null },
  },
})

/** A state of the instance, the steps of stopping included. */
export type LifecycleState = keyof typeof lifecycleChart.states

/** What can happen to an instance. */
export type LifecycleEvent =
  | 'fresh'
  | 'initialised'
  | 'ok'
  | 'again'
  | 'done'
  | 'hold'
  | 'failed'
  | 'unhealthy'
  | 'exhausted'
  | 'restart'
  | 'terminate'

/** The eight states that are announced; the others are visible, but not announced. */
export const announcedStates = [
  'BOOT',
  'FIRSTBOOT',
  'UPGRADING',
  'WARMUP',
  'UP',
  'RESTARTING',
  'STOPPED',
  'ERROR',
] as const

/** One of the eight states that are announced. */
export type AnnouncedState = (typeof announcedStates)[number]

/** Whether a state is announced. */
export function isAnnounced(state: LifecycleState): state is AnnouncedState {
  return (announcedStates as readonly string[]).includes(state)
}
