import type { ServiceSettings } from '../config/services-kind.ts'
import type { Instance } from './instance.ts'
import type { RestartHistory } from './restart-policy.ts'
import type { VisibleServiceState } from './service-chart.ts'
import type { ServiceUnit } from './service-unit.ts'

/** What of a service outlives a restart of all services. */
export type ServiceRecord = { starts: number; history: RestartHistory }

/** Why a service that the instance cannot do without is no longer there. */
export type ServiceTrouble = {
  readonly reason: string
  /** It makes no sense to start it again. */
  readonly final: boolean
  /** It ended as it should, and the instance ends with it. */
  readonly done: boolean
}

/** What a service needs of the set that it is part of. */
export type UnitParts = {
  readonly instance: Instance
  readonly name: string
  readonly settings: ServiceSettings
  readonly record: ServiceRecord
  /** Resolves when all that it is after is ready. */
  awaitOthers(signal: AbortSignal): Promise<void>
  /** Called with each visible change; `previous` is the visible state before. */
  onChange(unit: ServiceUnit, previous: VisibleServiceState): void
  onTrouble(trouble: ServiceTrouble): void
}
