import { formatCount } from '../base/text.ts'
import { settingsOfService } from '../config/services-kind.ts'
import type { Instance } from './instance.ts'
import { noRestarts } from './restart-policy.ts'
import type { VisibleServiceState } from './service-chart.ts'
import type { ServiceRecord, ServiceTrouble } from './service-parts.ts'
import { type ServiceStatus, statusOf } from './service-status.ts'
import { ServiceUnit } from './service-unit.ts'

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
    // a bug in what runs a service is one of the instance
    for (const unit of this.#units.values()) unit.done.catch((error: unknown) => instance.fail(error))
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
    const known = new Map(this.#instance.doneOneshots)
    for (const unit of this.#units.values()) known.set(unit.name, statusOf(unit))
    return [...known.values()]
  }

  /** The key paths that each service uses. */
  get uses(): Record<string, readonly string[]> {
    const uses: Record<string, readonly string[]> = {}
    for (const { name, isOneshot, parts } of this.#units.values())
      if (!isOneshot) uses[name] = parts.settings.uses
    return uses
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
    if (isOneshot && state === 'done') doneOneshots.set(name, statusOf(unit))
    world.publishServices(this.status)
    if (essential) {
      // in trouble the instance leaves UP, which says more
      if (!this.#hasTrouble) this.#instance.onReadiness()
      return
    }
    if (state === 'failed' && previous !== 'failed') {
      this.#failed.add(name)
      world.announceService({ ...statusOf(unit), previous })
    } else if (unit.isReady && this.#failed.delete(name)) {
      world.announceService({ ...statusOf(unit), previous: 'failed' })
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
