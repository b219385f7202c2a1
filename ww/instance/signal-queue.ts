import { log } from '../base/log.ts'
import { listenToSignals } from '../processes/signals.ts'
import type { Steerable } from './answer.ts'

/** Receives signals from the start of the process, and passes them to the lifecycle once there is one. */
export class SignalQueue {
  #lifecycle: Pick<Steerable, 'stop' | 'restart' | 'monitorNow'> | null = null
  readonly #early: string[] = []

  constructor() {
    listenToSignals({
      stop: (reason) => {
        if (this.#lifecycle) this.#lifecycle.stop(reason)
        else this.#early.push(reason)
      },
      restart: (reason) => {
        if (!this.#lifecycle?.restart(reason)) log.warn(`${reason} ignored: the instance is not UP`)
      },
      monitorNow: () => void this.#lifecycle?.monitorNow(),
    })
  }

  /** A stop that was requested before begins now; a second one forces it. */
  attach(lifecycle: Pick<Steerable, 'stop' | 'restart' | 'monitorNow'>): void {
    this.#lifecycle = lifecycle
    for (const reason of this.#early.splice(0)) lifecycle.stop(reason)
  }
}
