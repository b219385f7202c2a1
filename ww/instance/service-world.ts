import { settingsOfService } from '../config/services-kind.ts'
import { findOneshots, findServices } from '../hooks/file.ts'
import { runOneshot } from '../hooks/oneshot.ts'
import type { HookRunner } from '../hooks/run.ts'
import { type ServiceRunner, startService } from '../hooks/service.ts'
import { warnOnce } from '../hooks/warn-once.ts'
import type { World } from '../lifecycle/world.ts'
import { ServiceProbes } from '../probe/service-probes.ts'
import type { WorldParts } from './world.ts'

/** What the lifecycle needs of services and one-shots. */
export type ServiceWorld = Pick<
  World,
  'serviceHooks' | 'oneshotHooks' | 'startService' | 'runOneshot' | 'awaitServiceReady' | 'watchServiceReady'
>

/** Makes the part of the world that is about services: their hooks, processes and probes. */
export function createServiceWorld(
  runner: HookRunner,
  { directories, settings, lookups, log }: WorldParts,
): ServiceWorld {
  const warn = warnOnce(log.warn)
  const probes = new ServiceProbes({
    readyOf: (name) => settingsOfService(settings, name).ready,
    directory: directories.run,
    directoryOf: (uid) => lookups.directoryOf(uid),
    warn,
  })
  const serviceRunner: ServiceRunner = { ...runner, warn, lookups, ...probes.start }
  return {
    ...probes.world,
    serviceHooks: () => findServices(directories.hooks),
    oneshotHooks: () => findOneshots(directories.hooks),
    startService: (name, call) => startService(serviceRunner, name, call, settingsOfService(settings, name)),
    runOneshot: (name, call, limit) =>
      runOneshot(serviceRunner, name, call, settingsOfService(settings, name), limit),
  }
}
