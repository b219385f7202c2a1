import { exitCode, UserError } from '../base/errors.ts'
import { describeListenError, parseListen } from '../http/listen.ts'
import type { HttpAnswer, Route } from '../http/route.ts'
import { type HttpServer, serveRoutes } from '../http/server.ts'
import { renderMetrics } from './metrics.ts'
import { type InstanceStatus, toJson } from './status.ts'

/**
 * Serves `/livez`, `/readyz`, `/state` and `/metrics` at `ww.listen` (`port`, `:port`, `host:port`), for a kubelet, a
 * load balancer and Prometheus; null when it is off. The HTTP library is loaded only when it is on.
 */
export async function startProbes(
  listen: string | null,
  status: () => InstanceStatus,
  warn: (line: string) => void,
): Promise<HttpServer | null> {
  if (listen === null) return null
  const address = parseListen(listen)
  if (!address) {
    throw new UserError(
      `bad configuration: ww.listen must be port, :port or host:port, not "${listen}"`,
      exitCode.configuration,
    )
  }
  try {
    return await serveRoutes(listRoutes(status), { listen: address, bodyLimit: 1024, warn })
  } catch (error) {
    throw new UserError(
      `cannot listen at ww.listen ${listen}: ${describeListenError(error)}`,
      exitCode.configuration,
      {
        cause: error,
      },
    )
  }
}

/** States that nothing but a new boot ends. */
const deadEnds: readonly string[] = ['ERROR', 'HELD']

/** Every route answers from the status alone, so that a probe never waits for the service. */
function listRoutes(status: () => InstanceStatus): Route[] {
  const probe = (isGood: (status: InstanceStatus) => boolean): HttpAnswer => {
    const now = status()
    return { status: isGood(now) ? 200 : 503, body: `${now.state}: ${now.reason}\n` }
  }
  return [
    {
      method: 'GET',
      path: '/livez',
      summary: 'Whether the instance lives: 200, or 503 in ERROR and HELD.',
      handler: () => probe(({ state }) => !deadEnds.includes(state)),
    },
    {
      method: 'GET',
      path: '/readyz',
      summary: 'Whether it serves: 200 in UP until a stop or restart is requested, else 503.',
      handler: () => probe(({ ready }) => ready),
    },
    {
      method: 'GET',
      path: '/state',
      summary: 'The status as JSON.',
      handler: () => ({ status: 200, json: toJson(status()) }),
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'The status and the numbers of the monitor for Prometheus.',
      handler: () => ({
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        body: renderMetrics(status(), Date.now()),
      }),
    },
  ]
}
