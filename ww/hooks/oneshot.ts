import type { ServiceSettings } from '../config/services-kind.ts'
import type { HookCall, HookResult, ProcessEnd } from '../lifecycle/hook.ts'
import type { Limit } from '../lifecycle/limit.ts'
import { type ServiceRunner, startService } from './service.ts'

/** Runs a one-shot with the settings of its name, as a service that ends; at its limit it is stopped as one. */
export async function runOneshot(
  runner: ServiceRunner,
  name: string,
  call: Omit<HookCall, 'name'>,
  settings: ServiceSettings,
  limit: Limit,
): Promise<HookResult> {
  if (limit.end.aborted) return { kind: 'aborted', ms: 0, abandoned: false }
  const begun = performance.now()
  const service = startService(runner, name, call, settings)
  const end = await endOrLimit(service.ended, limit.end)
  const past = (): number => (service.pid === null ? 0 : Math.round(performance.now() - begun))
  if (end !== null) return { kind: 'ended', end, ms: past(), output: '' }
  const isLate = limit.cause !== 'left'
  const { abandoned } = await service.stop(limit)
  if (!isLate) return { kind: 'aborted', ms: past(), abandoned }
  return { kind: 'timedOut', limit: limit.ms, ms: past(), abandoned, output: '' }
}

/** Resolves with how it ended, or with null when it has to. */
function endOrLimit(ended: Promise<ProcessEnd>, limit: AbortSignal): Promise<ProcessEnd | null> {
  return new Promise((resolve) => {
    const cut = (): void => resolve(null)
    limit.addEventListener('abort', cut)
    void ended.then((end) => {
      limit.removeEventListener('abort', cut)
      resolve(end)
    })
  })
}
