import { defineChart } from '../chart/chart.ts'

/**
 * The life of an instance.
 *
 * BOOT prepares the image, FIRSTBOOT creates /data, UPGRADING brings /data up to this version, WARMUP starts the
 * services and waits until they are ready, UP watches them, RESTARTING starts them again.
 * STOPPING takes the services down, SWEEPING ends what is left, KILLING does so without patience; FAILING takes the
 * services down after a failure (again, within the grace, when asked to stop meanwhile). These four are steps on the
 * way to STOPPED and ERROR and are not announced.
 */
export const lifecycleChart = defineChart({
  initial: 'BOOT',
  states: {
    BOOT: {
      fresh: 'FIRSTBOOT',
      ready: 'UPGRADING',
      failed: 'FAILING',
      terminate: 'STOPPING',
      hurry: 'KILLING',
      restart: null,
    },
    FIRSTBOOT: { ok: 'UPGRADING', failed: 'FAILING', terminate: 'STOPPING', hurry: 'KILLING', restart: null },
    UPGRADING: { ok: 'WARMUP', failed: 'FAILING', terminate: 'STOPPING', hurry: 'KILLING', restart: null },
    WARMUP: { ok: 'UP', failed: 'FAILING', terminate: 'STOPPING', hurry: 'KILLING', restart: null },
    UP: {
      unhealthy: 'RESTARTING',
      restart: 'RESTARTING',
      failed: 'FAILING',
      terminate: 'STOPPING',
      hurry: 'KILLING',
    },
    RESTARTING: {
      ok: 'UP',
      again: 'RESTARTING',
      failed: 'FAILING',
      terminate: 'STOPPING',
      hurry: 'KILLING',
      restart: null,
    },
    FAILING: { done: 'ERROR', terminate: 'FAILING', hurry: 'ERROR', restart: null },
    STOPPING: { done: 'SWEEPING', hurry: 'KILLING', terminate: null, restart: null },
    SWEEPING: { done: 'STOPPED', hurry: 'KILLING', terminate: null, restart: null },
    KILLING: { done: 'STOPPED', hurry: null, terminate: null, restart: null },
    STOPPED: { terminate: null, hurry: null, restart: null },
    ERROR: { terminate: null, hurry: null, restart: null },
  },
})

/** A state of the instance, the internal steps of stopping included. */
export type LifecycleState = keyof typeof lifecycleChart.states

/** What can happen to an instance. */
export type LifecycleEvent =
  | 'fresh'
  | 'ready'
  | 'ok'
  | 'again'
  | 'done'
  | 'failed'
  | 'unhealthy'
  | 'restart'
  | 'terminate'
  | 'hurry'

/** The eight states that users know; the others are steps of stopping. */
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
