import { formatCount, formatLimit } from '../base/text.ts'
import { settingsOfService } from '../config/services-kind.ts'
import type { Instance } from './instance.ts'
import { noRestarts } from './restart-policy.ts'
import type { VisibleServiceState } from './service-chart.ts'
import type { ServiceRecord, ServiceTrouble } from './service-parts.ts'
import { ServiceUnit } from './service-unit.ts'
import type { ServiceStatus } from './world.ts'

/** All services and one-shots of one start: in parallel as far as `after` allows, and ended in the reverse order. */
export class Services {
  readonly #instance: Instance
  readonly #units = new Map<string, ServiceUnit>()
  readonly #trouble = Promise.withResolvers<ServiceTrouble>()
  #hasTrouble = false
  readonly #forced = new AbortController()
  readonly #endings = new Map<string, Promise<void>>()
  /** Those that failed since they were ready: their recovery is reported. */
  readonly #failed = new Set<string>()

  /** Starts them; one-shots that are done in this boot are not run again. */
  constructor(instance: Instance) {
    this.#instance = instance
    const { world, doneOneshots } = instance
    const oneshots = world.oneshotHooks().filter((name) => !doneOneshots.has(name))
    for (const name of [...oneshots, ...world.serviceHooks()]) this.#units.set(name, this.#begin(name))
    // a bug in a service's own code is one of the instance; nobody may be waiting for it yet
    this.#trouble.promise.catch(() => {})
    for (const unit of this.#units.values()) unit.done.catch(this.#trouble.reject)
  }

  get units(): ReadonlyMap<string, ServiceUnit> {
    return this.#units
  }

  /** `2 services`, one-shots aside. */
  get summary(): string {
    let count = 0
    for (const { isOneshot } of this.#units.values()) if (!isOneshot) count += 1
    return formatCount(count, 'service')
  }

  get status(): ServiceStatus[] {
    return [...this.#units.values()].map(({ status }) => status)
  }

  /** Whether every service that the instance cannot do without is ready. */
  get areReady(): boolean {
    for (const { essential, isReady } of this.#units.values()) if (essential && !isReady) return false
    return true
  }

  /** Resolves when a service that the instance cannot do without has ended; never otherwise. */
  get trouble(): Promise<ServiceTrouble> {
    return this.#trouble.promise
  }

  /** What is not ready yet, and why, for the log. */
  describeWaiting(): string {
    const waiting = [...this.#units.values()].filter(({ isSettled }) => !isSettled)
    return `waiting for ${waiting.map(({ name, reason }) => (reason === '' ? name : `${name} (${reason})`)).join(', ')}`
  }

  /**
   * Resolves when the essential services are ready and the others are, too, or have had `ww.timeouts.ready` for it; or
   * when the signal is aborted.
   */
  async awaitReady(signal: AbortSignal): Promise<void> {
    const { world, settings } = this.#instance
    const limit = settings.timeouts.ready
    const over = new AbortController()
    const late = new AbortController()
    const overdue = world.sleep(limit, AbortSignal.any([signal, over.signal])).then(() => late.abort())
    const soon = AbortSignal.any([signal, late.signal])
    await Promise.all(
      [...this.#units.values()].map((unit) =>
        unit.until(() => unit.isSettled, unit.essential ? signal : soon),
      ),
    )
    over.abort()
    await overdue
    if (signal.aborted) return
    for (const { name, isSettled, reason } of this.#units.values())
      if (!isSettled)
        world.warn(
          `${name}: not ready after ${formatLimit(limit)}${reason === '' ? '' : ` (${reason})`}, continuing without it`,
        )
  }

  /** Ends all of them, each after those that are after it. */
  async end(): Promise<void> {
    await Promise.all([...this.#units.values()].map((unit) => this.#end(unit)))
  }

  /** Has those that still wait for their turn end now. */
  force(): void {
    this.#forced.abort()
  }

  #begin(name: string): ServiceUnit {
    const { settings, records } = this.#instance
    const record: ServiceRecord = records.get(name) ?? { starts: 0, history: noRestarts }
    records.set(name, record)
    const own = settingsOfService(settings, name)
    return new ServiceUnit({
      instance: this.#instance,
      name,
      settings: own,
      record,
      awaitOthers: async (signal) => {
        for (const other of own.after) {
          const unit = this.#units.get(other)
          await unit?.until(() => unit.isReady, signal)
        }
      },
      onChange: (unit, previous) => this.#onChange(unit, previous),
      onTrouble: (trouble) => {
        this.#hasTrouble = true
        if (trouble.done) this.#instance.requestStop(trouble.reason)
        this.#trouble.resolve(trouble)
      },
    })
  }

  #onChange(unit: ServiceUnit, previous: VisibleServiceState): void {
    const { world, doneOneshots } = this.#instance
    const { name, state, essential, isOneshot } = unit
    if (isOneshot && state === 'done') doneOneshots.add(name)
    world.publishServices(this.status)
    if (essential) {
      // in trouble the instance leaves UP, which says more
      if (!this.#hasTrouble) this.#instance.onReadiness()
      return
    }
    if (state === 'failed' && previous !== 'failed') {
      this.#failed.add(name)
      world.announceService({ ...unit.status, previous })
    } else if (unit.isReady && this.#failed.delete(name)) {
      world.announceService({ ...unit.status, previous: 'failed' })
    }
  }

  #end(unit: ServiceUnit): Promise<void> {
    const begun = this.#endings.get(unit.name) ?? this.#endAfterOthers(unit)
    this.#endings.set(unit.name, begun)
    return begun
  }

  async #endAfterOthers(unit: ServiceUnit): Promise<void> {
    const others = [...this.#units.values()].filter(({ parts }) => parts.settings.after.includes(unit.name))
    if (others.length > 0 && !this.#forced.signal.aborted) {
      const ended = Promise.all(others.map((other) => this.#end(other)))
      await Promise.race([ended, aborted(this.#forced.signal)])
    }
    unit.send('end')
    await unit.done.catch(() => {})
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}
