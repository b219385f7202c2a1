import { settingsOfService } from '../config/services-kind.ts'
import { findOneshots, findServices } from '../hooks/file.ts'
import { runOneshot } from '../hooks/oneshot.ts'
import type { HookRunner } from '../hooks/run.ts'
import { type ServiceRunner, startService } from '../hooks/service.ts'
import { warnOnce } from '../hooks/warn-once.ts'
import type { World } from '../lifecycle/world.ts'
import { markEndOf } from '../logs/logs.ts'
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
  { directories, settings, lookups, log, logs }: WorldParts,
): ServiceWorld {
  const warn = warnOnce(log.warn)
  const probes = new ServiceProbes({
    readyOf: (name) => settingsOfService(settings, name).ready,
    directory: directories.run,
    directoryOf: (uid) => lookups.directoryOf(uid),
    warn,
  })
  const output: ServiceRunner['output'] = (name) => logs.outputsOf(name)
  const serviceRunner: ServiceRunner = { ...runner, warn, lookups, output, ...probes.start }
  return {
    ...probes.world,
    serviceHooks: () => findServices(directories.hooks),
    oneshotHooks: () => findOneshots(directories.hooks),
    startService: (name, call) =>
      markEndOf(startService(serviceRunner, name, call, settingsOfService(settings, name)), logs),
    runOneshot: (name, call, limit) =>
      runOneshot(serviceRunner, name, call, settingsOfService(settings, name), limit),
  }
}
