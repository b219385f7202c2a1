import type { FastifyInstance } from 'fastify'
import { exitCode, UserError } from '../errors.ts'
import { renderMetrics } from './metrics.ts'
import type { InstanceStatus } from './status.ts'

/** The instance's HTTP endpoint. */
export type Probes = { readonly port: number; close(): Promise<void> }

/**
 * Serves `/livez`, `/readyz`, `/state` and `/metrics` at `ww.listen` (`port`, `:port`, `host:port`), for a kubelet, a
 * load balancer and Prometheus; null when it is off. The HTTP library is loaded only when it is on.
 */
export async function startProbes(
  listen: string | null,
  status: () => InstanceStatus,
): Promise<Probes | null> {
  if (listen === null) return null
  const { host, port } = parseListen(listen)
  const { fastify } = await import('fastify')
  const server = fastify()
  addRoutes(server, status)
  try {
    await server.listen({ host, port })
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    throw new UserError(`cannot listen at ww.listen ${listen}: ${reason}`, exitCode.configuration, {
      cause: error,
    })
  }
  server.server.unref()
  const address = server.server.address()
  return { port: typeof address === 'object' && address ? address.port : port, close: () => server.close() }
}

/** Every route answers from the status alone, so that a probe never waits for the service. */
function addRoutes(server: FastifyInstance, status: () => InstanceStatus): void {
  const line = (): string => `${status().state}: ${status().reason}\n`
  server.get('/livez', (_, reply) => reply.code(status().state === 'ERROR' ? 503 : 200).send(line()))
  server.get('/readyz', (_, reply) => reply.code(status().state === 'UP' ? 200 : 503).send(line()))
  server.get('/state', (_, reply) => reply.send(status()))
  server.get('/metrics', (_, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(renderMetrics(status(), Date.now())),
  )
}

function parseListen(listen: string): { host: string; port: number } {
  const [, host, port] = /^(?:(.*):)?(\d+)$/.exec(listen) ?? []
  if (port === undefined || Number(port) > 65_535) {
    throw new UserError(
      `bad configuration: ww.listen must be port, :port or host:port, not "${listen}"`,
      exitCode.configuration,
    )
  }
  return { host: host?.replace(/^\[|\]$/g, '') || '0.0.0.0', port: Number(port) }
}
