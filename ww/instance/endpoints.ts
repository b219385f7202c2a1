import type { Settings } from '../config/settings.ts'
import type { Lifecycle } from '../lifecycle/lifecycle.ts'
import { describeHook } from '../lifecycle/outcome.ts'
import { answerRequest } from './answer.ts'
import type { ControlReply } from './control-message.ts'
import type { Reloader } from './reloader.ts'
import type { ControlServer } from './socket.ts'
import type { StatusFile } from './status-file.ts'

type Warn = (line: string) => void

/** Serves the probes where `ww.listen` is set; they are loaded only there, since the HTTP library takes its time. */
export async function serveProbes(listen: Settings['listen'], status: StatusFile, warn: Warn) {
  if (listen === null) return null
  const { startProbes } = await import('./probes.ts')
  return startProbes(listen, () => status.status, warn)
}

/** Serves the control socket; not while every millisecond counts, because sockets take 4 ms to load. */
export async function serveCommands(
  run: string,
  lifecycle: Lifecycle,
  { stop, timeouts }: Settings,
  reloader: Reloader,
  warn: Warn,
): Promise<ControlServer> {
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { serveControl } = await import('./socket.ts')
  const restart = timeouts.svcdown + timeouts.svcup + timeouts.warmup
  const reload = (wait: boolean): Promise<ControlReply> => reloader.reload(lifecycle, wait)
  const limits = { stop: stop.grace, restart, monitor: timeouts.monitor }
  return serveControl(
    run,
    (request) => answerRequest(lifecycle, request, { reload, describeHook, limits }),
    warn,
  )
}
