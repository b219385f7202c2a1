import type { DocumentedRoute } from '../http/documented-route.ts'
import { answerError, type HttpRequest } from '../http/route.ts'
import type { Counters } from './counters.ts'

/** A route for those alone who `may` use it; the others are told that it needs a token. */
export function guardRoute(
  route: DocumentedRoute,
  may: (request: HttpRequest) => boolean,
  counters: Counters,
): DocumentedRoute {
  return {
    ...route,
    answers: { ...route.answers, 401: ['A token is needed.'] },
    handler: (request) => {
      if (may(request)) return route.handler(request)
      counters.countRefusal('no-token')
      const headers = { 'www-authenticate': 'Bearer realm="ww receiver"' }
      return answerError(401, 'no-token', 'this needs a token: Authorization: Bearer TOKEN', headers)
    },
  }
}
