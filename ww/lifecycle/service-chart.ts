import { defineChart } from '../chart/chart.ts'

/**
 * The life of one service, from the start of all services to the end of all of them.
 *
 * WAITING for the services that it is after; STARTING until it is ready; FAILED until it is started again, or given up;
 * DONE when it ended as it should. FAILING, RESTARTING and STOPPING end its process, each for another next state; ENDING
 * does so for good.
 */
export const serviceChart = defineChart({
  initial: 'waiting',
  states: {
    waiting: { begin: 'starting', stop: 'stopped', end: 'ended', start: null, restart: null },
    starting: {
      ready: 'ready',
      done: 'done',
      failed: 'failed',
      stop: 'stopping',
      restart: 'restarting',
      end: 'ending',
      start: null,
    },
    ready: {
      done: 'done',
      failed: 'failed',
      unready: 'failing',
      stop: 'stopping',
      restart: 'restarting',
      end: 'ending',
      start: null,
    },
    failing: { gone: 'failed', stop: 'stopping', restart: 'restarting', end: 'ending', start: null },
    failed: { retry: 'starting', start: 'starting', restart: 'starting', stop: 'stopping', end: 'ending' },
    restarting: { gone: 'starting', stop: 'stopping', end: 'ending', start: null, restart: null },
    stopping: { gone: 'stopped', start: 'restarting', restart: 'restarting', end: 'ending', stop: null },
    stopped: { start: 'starting', restart: 'starting', end: 'ended', stop: null },
    done: { start: 'starting', restart: 'starting', end: 'ending', stop: null },
    ending: { gone: 'ended', start: null, restart: null, stop: null, end: null },
    ended: { start: null, restart: null, stop: null, end: null },
  },
})

/** A state of a service, the steps of ending its process included. */
export type ServiceState = keyof typeof serviceChart.states

/** What can happen to a service. */
export type ServiceEvent =
  | 'begin'
  | 'ready'
  | 'unready'
  | 'done'
  | 'failed'
  | 'gone'
  | 'retry'
  | 'start'
  | 'restart'
  | 'stop'
  | 'end'

/** The state of a service as users know it. */
export type VisibleServiceState = 'starting' | 'ready' | 'stopping' | 'stopped' | 'failed' | 'done'

const visible: Readonly<Record<ServiceState, VisibleServiceState>> = {
  waiting: 'starting',
  starting: 'starting',
  ready: 'ready',
  failing: 'stopping',
  failed: 'failed',
  restarting: 'stopping',
  stopping: 'stopping',
  stopped: 'stopped',
  done: 'done',
  ending: 'stopping',
  ended: 'stopped',
}

/** What users see of a state. */
export function visibleStateOf(state: ServiceState): VisibleServiceState {
  return visible[state]
}
