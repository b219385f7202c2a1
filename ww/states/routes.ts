import { isUserError } from '../errors.ts'
import { answerError, type Route } from '../http/route.ts'
import type { DocumentedRoute } from './documented.ts'
import { eventRoute } from './event-route.ts'
import { listMachineRoutes } from './machine-routes.ts'
import type { Service } from './service.ts'
import { listStateRoutes } from './state-routes.ts'

/** Every route of the service. */
export function listRoutes(service: Service): DocumentedRoute[] {
  const routes: DocumentedRoute[] = [
    ...listStateRoutes(service),
    ...listMachineRoutes(service),
    eventRoute(service),
  ]
  return routes.map((route) => ({ ...route, handler: answerWhenAway(route.handler) }))
}

/** A store that can't be reached or written is no bug: the client may ask again. */
function answerWhenAway(handler: Route['handler']): Route['handler'] {
  return async (request) => {
    try {
      return await handler(request)
    } catch (error) {
      if (!isUserError(error)) throw error
      return answerError(503, 'unavailable', error.message, { 'retry-after': '1' })
    }
  }
}
