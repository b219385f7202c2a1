import type { ReadyProbe } from '../config/services-kind.ts'
import type { Limit } from '../lifecycle/limit.ts'
import type { World } from '../lifecycle/world.ts'
import type { UserAccount } from '../processes/account.ts'
import { openNotifySocket } from '../processes/notify.ts'
import { removeStaleSockets } from '../processes/notify-directory.ts'
import { Notifications } from './notifications.ts'
import { awaitReady, type ProbedService, watchReady } from './ready.ts'

/** What the probes of services need to know. */
export type ServiceProbesParts = {
  /** How it is known that the service of a name is ready; null: as soon as it runs. */
  readyOf(name: string): ReadyProbe | null
  /** The directory for the sockets of services that run as the user of the instance. */
  readonly directory: string
  /** The one for those of another user, who can get there; without it, one of /dev/shm and /tmp. */
  directoryOf?(uid: number): { readonly path: string } | { readonly problem: string }
  /** The addon that opens sockets; that of the tree by default. */
  readonly addonPath?: string | null
  warn(line: string): void
}

/** What is known of a service: how it was started, and how it can be reached. */
type Started = Pick<ProbedService, 'env' | 'cwd' | 'user'> & {
  notifications: Notifications | { readonly failure: string } | null
}

/** How a service was started, and when it has ended. */
export type RunningService = Pick<ProbedService, 'env' | 'cwd' | 'user'> & {
  readonly ended: Promise<unknown>
}

/** How each service is known to be ready, from the variables that it is started with to its end. */
export class ServiceProbes {
  /** What the lifecycle needs of them. */
  readonly world: Pick<World, 'awaitServiceReady' | 'watchServiceReady'> = {
    awaitServiceReady: ({ name }, limit, report) => this.awaitReady(name, limit, report),
    watchServiceReady: ({ name }, signal, report) => this.watchReady(name, signal, report),
  }
  /** What the start of services needs of them. */
  readonly start = {
    prepare: (name: string, other: UserAccount | null) => this.prepare(name, other),
    started: (name: string, service: RunningService) => this.begin(name, service),
  }
  readonly #parts: ServiceProbesParts
  #hasRemoved = false
  readonly #services = new Map<string, Started>()

  constructor(parts: ServiceProbesParts) {
    this.#parts = parts
  }

  /** Makes what a service needs to report that it is ready, before it starts, and returns variables for it. */
  prepare(name: string, other: UserAccount | null): Readonly<Record<string, string>> {
    this.#end(name)
    const notifications = this.#readyOf(name) === 'notify' ? this.#open(name, other) : null
    this.#services.set(name, { env: {}, notifications })
    return notifications instanceof Notifications ? notifications.environment : {}
  }

  /** Remembers how a service was started, since its commands run in the same way, until it has ended. */
  begin(name: string, { env, cwd, user, ended }: RunningService): void {
    const notifications = this.#services.get(name)?.notifications ?? null
    const more = { ...(cwd === undefined ? {} : { cwd }), ...(user === undefined ? {} : { user }) }
    const started = { env, ...more, notifications }
    this.#services.set(name, started)
    void ended.then(() => {
      if (this.#services.get(name) === started) this.#end(name)
    })
  }

  #end(name: string): void {
    const notifications = this.#services.get(name)?.notifications
    if (notifications instanceof Notifications) notifications.close()
    this.#services.delete(name)
  }

  /** Waits until a service is ready; null when it is, otherwise why not at `limit.end`. Until then `report` gets why not. */
  async awaitReady(
    name: string,
    limit: Pick<Limit, 'end'>,
    report: (reason: string) => void = () => {},
  ): Promise<string | null> {
    const ready = this.#readyOf(name)
    return ready === null ? null : awaitReady(ready, this.#find(name), limit, report)
  }

  /** Resolves with why a service that was ready no longer is; with null when aborted. `report` gets what it says of itself. */
  watchReady(
    name: string,
    signal: AbortSignal,
    report: (status: string) => void = () => {},
  ): Promise<string | null> {
    return watchReady(this.#readyOf(name), this.#find(name), signal, { report })
  }

  /** A one-shot is done when it has ended. */
  #readyOf(name: string): ReadyProbe | null {
    return name.startsWith('oneshot-') ? null : this.#parts.readyOf(name)
  }

  #find(name: string): ProbedService {
    const { notifications = null, ...service } = this.#services.get(name) ?? { env: {} }
    return notifications === null ? service : { ...service, notifications }
  }

  #open(name: string, other: UserAccount | null): Notifications | { readonly failure: string } {
    const { directory, directoryOf, addonPath, warn } = this.#parts
    if (!this.#hasRemoved) removeStaleSockets(directory)
    this.#hasRemoved = true
    const own = other === null ? { path: directory } : (directoryOf?.(other.uid) ?? { path: directory })
    const socket = openNotifySocket('path' in own ? own.path : directory, other, addonPath)
    if (!('failure' in socket)) return new Notifications(socket)
    warn(`${name}: ${socket.failure}`)
    return socket
  }
}
