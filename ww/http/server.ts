import type { FastifyInstance, HTTPMethods } from 'fastify'
import { freeSocket } from './free-socket.ts'
import type { ListenAddress } from './listen.ts'
import { answerFailure, sendAnswer } from './reply.ts'
import { describeRequest, pathOf } from './request.ts'
import { answerError, type Route } from './route.ts'

/** A running server. */
export type HttpServer = {
  /** What it got when it asked for port 0; null on a unix socket. */
  readonly port: number | null
  /** Stops listening and closes every connection, streams included. */
  close(): Promise<void>
}

/** A certificate and its private key, as PEM. */
export type Tls = { readonly cert: Buffer; readonly key: Buffer }

/** How to serve. */
export type ServeOptions = {
  readonly listen: ListenAddress
  /** The longest body taken, in bytes; a longer one is answered with 413. */
  readonly bodyLimit: number
  /** Serve https with this certificate. */
  readonly tls?: Tls | null
  /** Hears of handlers that threw, with the stack, which no client sees. */
  readonly warn: (line: string) => void
  /** Hears of requests that no handler saw, such as one with a body too long, by the code of their error. */
  readonly refused?: (code: string) => void
}

/**
 * Serves a table of routes. What no route answers, a wrong method, a body too long and a handler that throws are
 * answered as `{"error": {"code", "message"}}`. Rejects when it cannot listen.
 */
export async function serveRoutes(routes: readonly Route[], options: ServeOptions): Promise<HttpServer> {
  const { fastify } = await import('fastify')
  const app: FastifyInstance = fastify({
    ...(options.tls ? { https: options.tls } : {}),
    bodyLimit: options.bodyLimit,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    // a client that never ends its request holds no connection for ever, in milliseconds
    requestTimeout: 30_000,
    frameworkErrors: (error, request, reply) => answerFailure(error, request, reply, options),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error, request, reply) => answerFailure(error, request, reply, options))
  app.setNotFoundHandler((request, reply) =>
    sendAnswer(
      answerError(404, 'not-found', `there is nothing at ${pathOf(request)}`),
      request,
      reply,
      options.warn,
    ),
  )
  for (const route of routes) addRoute(app, route, options.warn)
  refuseOtherMethods(app, routes, options.warn)
  if ('path' in options.listen) await freeSocket(options.listen.path)
  await app.listen(options.listen)
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address ? address.port : null,
    close: () => app.close(),
  }
}

function addRoute(app: FastifyInstance, route: Route, warn: ServeOptions['warn']): void {
  app.route({
    method: route.method === 'GET' ? ['GET', 'HEAD'] : route.method,
    url: route.path,
    handler: async (request, reply) =>
      sendAnswer(await route.handler(describeRequest(request, reply)), request, reply, warn),
  })
}

/** 405 with the methods that there are, where a path has others. */
function refuseOtherMethods(
  app: FastifyInstance,
  routes: readonly Route[],
  warn: ServeOptions['warn'],
): void {
  const all: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
  for (const [url, there] of Map.groupBy(routes, ({ path }) => path)) {
    const allowed = new Set<string>(
      there.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])),
    )
    const allow = [...allowed].join(', ')
    app.route({
      method: all.filter((method) => !allowed.has(method)),
      url,
      handler: (request, reply) => {
        const message = `${pathOf(request)} takes ${allow}, not ${request.method}`
        return sendAnswer(answerError(405, 'method-not-allowed', message, { allow }), request, reply, warn)
      },
    })
  }
}
