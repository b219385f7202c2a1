import { sleep } from '../base/sleep.ts'
import type { HookCall, Service } from '../lifecycle/world.ts'
import { endGroup, isGone } from '../processes/group.ts'
import { signalProcess } from '../processes/list.ts'
import { describeExit, spawn } from '../processes/spawn.ts'
import type { HookRunner } from './run.ts'

/** Starts a `serve` hook: a foreground service in its own process group, its output the container's. */
export function startService(
  runner: HookRunner,
  name: string,
  call: Omit<HookCall, 'name' | 'limit'>,
  stopSignal: NodeJS.Signals,
): Service {
  const child = spawn(`${runner.hooks}/${name}`, call.args ?? [], {
    stdout: 'inherit',
    env: runner.environment({ ...call, name }),
  })
  const { group } = child
  const ended = child.ended.then((end) => `${name} ended: ${describeExit(end)}`)
  return {
    name,
    ended,
    async stop(patience) {
      if (group === undefined) return { killed: false }
      const deadline = performance.now() + patience
      // only the main process first: servers such as PostgreSQL and nginx end their own workers in good order
      signalProcess(group, stopSignal)
      const gone = new AbortController()
      await Promise.race([ended, sleep(patience, AbortSignal.any([runner.hurry, gone.signal]))])
      gone.abort()
      if (await isGone(group, 0, runner.hurry)) return { killed: false }
      return endGroup(group, 'SIGTERM', Math.max(0, deadline - performance.now()), runner.hurry)
    },
  }
}
