import { log } from '../base/log.ts'
import type { Lifecycle } from '../lifecycle/lifecycle.ts'
import { listenToSignals } from '../processes/signals.ts'

/** Hears signals from the first moment on, and delivers them once there is a lifecycle. */
export class SignalBox {
  #lifecycle: Lifecycle | null = null
  #early: string | null = null
  #tell: () => void = () => {}
  /** Resolves with the first stop signal. */
  readonly stopped: Promise<void>

  constructor() {
    this.stopped = new Promise((resolve) => {
      this.#tell = resolve
    })
    listenToSignals({
      stop: (reason) => {
        this.#tell()
        if (this.#lifecycle) this.#lifecycle.stop(reason)
        else this.#early = reason
      },
      restart: (reason) => {
        if (!this.#lifecycle?.restart(reason)) log.warn(`${reason} ignored: the instance is not UP`)
      },
      monitorNow: () => void this.#lifecycle?.monitorNow(),
    })
  }

  deliverTo(lifecycle: Lifecycle): void {
    this.#lifecycle = lifecycle
    if (this.#early !== null) lifecycle.stop(this.#early)
  }
}
