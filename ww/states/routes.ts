import { isUserError } from '../base/errors.ts'
import type { DocumentedRoute } from '../http/documented-route.ts'
import { describeRoutes } from '../http/openapi.ts'
import { answerError, type Route } from '../http/route.ts'
import type { Drain } from './drain.ts'
import { eventRoute } from './event-route.ts'
import { listMachineRoutes } from './machine-routes.ts'
import { listPageRoutes } from './page-routes.ts'
import type { Service } from './service.ts'
import { listStateRoutes } from './state-routes.ts'
import { streamRoute } from './stream.ts'

/** Every route of the service. */
export function listRoutes(service: Service, drain: Drain, warn: (line: string) => void): DocumentedRoute[] {
  const routes: DocumentedRoute[] = [
    ...listStateRoutes(service),
    ...listMachineRoutes(service),
    eventRoute(service),
    streamRoute(service),
    ...listPageRoutes(service),
    liveRoute,
  ]
  routes.push(describeRoutes(routes, info))
  const tell = warnSometimes(warn)
  return routes.map((route) => {
    const handler = answerWhenAway(route.handler, tell)
    return { ...route, handler: route.method === 'GET' ? handler : drain.guard(handler) }
  })
}

const info = {
  title: 'ww states',
  version: '1',
  description: 'State machines over HTTP: is it my turn, and I am done. HEAD is answered as GET is.',
}

const liveRoute: DocumentedRoute = {
  method: 'GET',
  path: '/livez',
  summary: 'Whether the service runs, for probes.',
  answers: { 200: ['It does.', 'text/plain'] },
  handler: () => ({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok\n' }),
}

/** A store that can't be reached or written is no bug: the client may ask again. */
function answerWhenAway(handler: Route['handler'], warn: (line: string) => void): Route['handler'] {
  return async (request) => {
    try {
      return await handler(request)
    } catch (error) {
      if (!isUserError(error)) throw error
      warn(error.message)
      return answerError(503, 'unavailable', error.message, { 'retry-after': '1' })
    }
  }
}

/** Thousands of requests may fail for one reason: it is told every 10 seconds. */
function warnSometimes(warn: (line: string) => void): (line: string) => void {
  let [last, at] = ['', 0]
  return (line) => {
    if (line === last && Date.now() - at < 10_000) return
    ;[last, at] = [line, Date.now()]
    warn(line)
  }
}
