import type { DocumentedRoute } from '../http/documented-route.ts'
import { badNumber, listInstanceRoutes, readCount, showEvent } from './instance-routes.ts'
import type { ReceiverService } from './service.ts'
import { guardRoute } from './token-guard.ts'

const json = 'application/json'

/** Everything that people and programs read by. */
export function listReadRoutes(service: ReceiverService): DocumentedRoute[] {
  const { store, fleet, feed, alerts, keys, counters } = service
  const routes: DocumentedRoute[] = [
    {
      method: 'GET',
      path: '/v1/instances',
      summary: 'Every instance, with its state, how old that is, and its last stats.',
      query: { app: 'Only those of an app.', status: 'Only those of a status, such as LOST.' },
      answers: { 200: ['The instances.', json] },
      handler: ({ query }) => {
        const [app, status] = [query.get('app'), query.get('status')]
        const instances = fleet
          .views()
          .filter((view) => (app === null || view.app === app) && (status === null || view.status === status))
        return { status: 200, json: { instances } }
      },
    },
    ...listInstanceRoutes(service),
    {
      method: 'GET',
      path: '/v1/events',
      summary: 'Every event after a position, oldest first; the last position is where to go on.',
      query: { after: 'The position; 0 is the beginning.', limit: 'At most so many; 1000.' },
      answers: { 200: ['The events.', json], 400: ['after or limit is no number.'] },
      handler: async ({ query }) => {
        const [after, limit] = [readCount(query, 'after', 0), readCount(query, 'limit', 1000)]
        if (after === null || limit === null) return badNumber
        const events = await store.eventsAfter(after, Math.min(limit, 10_000))
        return {
          status: 200,
          json: { events: events.map(showEvent), last: events.at(-1)?.position ?? after },
        }
      },
    },
    {
      method: 'GET',
      path: '/v1/apps',
      summary: 'Every app: whether it runs, and what of it is down.',
      answers: { 200: ['The apps.', json] },
      handler: () => ({ status: 200, json: { apps: fleet.apps() } }),
    },
    {
      method: 'GET',
      path: '/v1/stream',
      summary: 'Server-sent events: the whole fleet as a snapshot, then what changes.',
      headers: {
        'Last-Event-ID': 'The last event that was seen: what changed since is told, or a new snapshot.',
      },
      answers: { 200: ['The stream.', 'text/event-stream'] },
      handler: ({ headers, signal }) => {
        const cursor = headers['last-event-id']
        return {
          status: 200,
          headers: {
            'content-type': 'text/event-stream; charset=utf-8',
            ...{ 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
          },
          stream: feed.read(typeof cursor === 'string' ? cursor : null, signal),
        }
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'The fleet and the receiver itself, for Prometheus.',
      answers: { 200: ['The metrics.', 'text/plain'] },
      handler: async () => ({
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        body: counters.render(fleet, alerts, await store.size(), feed.readers),
      }),
    },
  ]
  return routes.map((route) => guardRoute(route, (request) => keys.mayRead(request), counters))
}
