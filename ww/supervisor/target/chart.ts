import { defineChart } from '../../chart/chart.ts'

/**
 * The life of a target, something that answers over HTTP.
 *
 * UNKNOWN until the first ping; RUNNING when it answers; PENDING when it answers 503, since what it manages itself does
 * not all run yet; DOWN when nobody answers, which starts it; PROVISIONING from there until it answers; ERROR when it
 * answers with errors or not in time, which has it ended in STOPPING, and then it is DOWN again.
 */
export const targetChart = defineChart({
  initial: 'UNKNOWN',
  states: {
    UNKNOWN: {
      answered: 'RUNNING',
      pending: 'PENDING',
      refused: 'DOWN',
      failed: 'ERROR',
      stop: 'STOPPING',
      retry: null,
    },
    PENDING: {
      answered: 'RUNNING',
      pending: null,
      refused: 'DOWN',
      failed: 'ERROR',
      stop: 'STOPPING',
      retry: null,
    },
    RUNNING: {
      answered: null,
      pending: 'PENDING',
      refused: 'DOWN',
      failed: 'ERROR',
      stop: 'STOPPING',
      retry: null,
    },
    DOWN: {
      answered: 'RUNNING',
      pending: 'PENDING',
      spawned: 'PROVISIONING',
      leftover: 'STOPPING',
      stop: 'STOPPING',
      retry: 'DOWN',
    },
    PROVISIONING: {
      answered: 'RUNNING',
      pending: 'PENDING',
      ended: 'DOWN',
      overdue: 'STOPPING',
      stop: 'STOPPING',
      retry: null,
    },
    ERROR: { kill: 'STOPPING', stop: 'STOPPING', retry: null },
    STOPPING: { gone: 'DOWN', stop: null, retry: null },
  },
})

/** A state of a target. */
export type TargetState = keyof typeof targetChart.states

/** What can happen to a target. */
export type TargetEvent =
  | 'answered'
  | 'pending'
  | 'refused'
  | 'failed'
  | 'spawned'
  | 'leftover'
  | 'ended'
  | 'overdue'
  | 'kill'
  | 'gone'
  | 'stop'
  | 'retry'
