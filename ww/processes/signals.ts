import { onExit } from 'signal-exit'

/** What the signals of the container request. */
export type SignalHandlers = {
  stop(reason: string): void
  restart(reason: string): void
  monitorNow(): void
}

/**
 * SIGTERM, SIGINT and SIGQUIT stop, SIGHUP restarts, SIGUSR1 runs the monitor now (unhandled, it would open Node's
 * inspector). SIGUSR2 and SIGALRM mean nothing here; unhandled, they would end the instance.
 */
export function listenToSignals(handlers: SignalHandlers): void {
  for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) process.on(name, () => handlers.stop(name))
  process.on('SIGHUP', () => handlers.restart('SIGHUP'))
  process.on('SIGUSR1', () => handlers.monitorNow())
  for (const name of ['SIGUSR2', 'SIGALRM'] as const) process.on(name, () => {})
}

/** Runs `cleanUp`, which can't wait for anything, however the process ends, short of kill -9. */
export function onLastResort(cleanUp: () => void): void {
  onExit(cleanUp)
}
