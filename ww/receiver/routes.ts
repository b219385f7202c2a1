import { isUserError } from '../base/errors.ts'
import type { DocumentedRoute } from '../http/documented-route.ts'
import { describeRoutes } from '../http/openapi.ts'
import { answerError } from '../http/route.ts'
import { listAlertRoutes } from './alert-routes.ts'
import { forgetRoute } from './instance-routes.ts'
import { listIntakeRoutes } from './intake-routes.ts'
import { sessionCookie } from './keys.ts'
import { listReadRoutes } from './read-routes.ts'
import type { ReceiverService } from './service.ts'

const info = {
  title: 'ww receiver',
  version: '1',
  description: 'What a fleet of instances reports, kept and shown. HEAD is answered as GET is.',
}

/** Every route of the receiver but the page. */
export function listRoutes(service: ReceiverService): DocumentedRoute[] {
  const stored = [
    ...listIntakeRoutes(service),
    ...listReadRoutes(service),
    forgetRoute(service),
    ...listAlertRoutes(service),
  ]
  const routes = [...stored.map((route) => guardStore(service, route)), sessionRoute(service), liveRoute]
  return [...routes, describeRoutes(routes, info)]
}

/** What the store cannot do now is to be asked for again; the log tells why too. */
function guardStore({ counters, warn }: ReceiverService, route: DocumentedRoute): DocumentedRoute {
  return {
    ...route,
    answers: { ...route.answers, 503: ['The store is out of reach, or full; ask again.'] },
    handler: async (request) => {
      try {
        return await route.handler(request)
      } catch (error) {
        if (!isUserError(error)) throw error
        warn(error.message)
        counters.countRefusal('unavailable')
        return answerError(503, 'unavailable', error.message, { 'retry-after': '5' })
      }
    },
  }
}

/** A browser's event source sends no header, but it sends cookies. */
function sessionRoute({ keys }: ReceiverService): DocumentedRoute {
  return {
    method: 'POST',
    path: '/v1/session',
    summary: 'Takes the token for reading as plain text, and answers with a cookie that is as good.',
    takes: ['text/plain'],
    answers: { 204: ['The cookie is set.'], 401: ['The token is not known.'] },
    handler: ({ body }) => {
      const token = body.toString('utf8').trim()
      if (keys.forReading && !keys.isReadToken(token))
        return answerError(401, 'no-token', 'this token is not known here')
      const cookie = `${sessionCookie}=${encodeURIComponent(token)}; Path=/; HttpOnly; SameSite=Strict`
      return { status: 204, headers: { 'set-cookie': cookie } }
    },
  }
}

const liveRoute: DocumentedRoute = {
  method: 'GET',
  path: '/livez',
  summary: 'Whether the receiver runs, for probes.',
  answers: { 200: ['It does.', 'text/plain'] },
  handler: () => ({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'ok\n' }),
}
