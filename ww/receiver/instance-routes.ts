import { formatList } from '../base/text.ts'
import type { DocumentedRoute } from '../http/documented-route.ts'
import { answerError, type HttpAnswer, type HttpRequest } from '../http/route.ts'
import type { Fleet } from './fleet.ts'
import { eventKinds, type KeptEvent } from './model.ts'
import { makeSeries } from './series.ts'
import type { ReceiverService } from './service.ts'
import { guardRoute } from './token-guard.ts'

const json = 'application/json'
const unknown = { 404: ['There is no such instance.'] } as const
const hour = 3_600_000
const kinds = formatList(eventKinds, 'or')

/** The answer to a number in the query that is none. */
export const badNumber = answerError(400, 'bad-number', 'the numbers in the query must be whole and positive')

/** What is read of one instance. */
export function listInstanceRoutes({ store, fleet }: ReceiverService): DocumentedRoute[] {
  const known = (handler: InstanceHandler) => handleKnown(fleet, handler)
  return [
    {
      method: 'GET',
      path: '/v1/instances/:id',
      summary: 'One instance; its id is app:instance.',
      answers: { 200: ['The instance.', json], ...unknown },
      handler: known(async (id) => ({ status: 200, json: fleet.view(id) })),
    },
    {
      method: 'GET',
      path: '/v1/instances/:id/events',
      summary: 'The events of an instance, newest first, across its boots.',
      query: {
        limit: 'At most so many; 100.',
        before: 'Only those before this position.',
        kind: `Only those of a kind: ${kinds}.`,
      },
      answers: {
        200: ['The events.', json],
        400: ['limit or before is no number, or kind is none.'],
        ...unknown,
      },
      handler: known(async (id, { query }) => {
        const [limit, before] = [
          readCount(query, 'limit', 100),
          readCount(query, 'before', Number.MAX_SAFE_INTEGER),
        ]
        if (limit === null || before === null) return badNumber
        const given = query.get('kind')
        const kind = eventKinds.find((one) => one === given)
        if (given !== null && kind === undefined) return answerError(400, 'bad-kind', `kind must be ${kinds}`)
        const events = await store.eventsOf(id, Math.min(limit, 1000), { before, kind })
        return { status: 200, json: { events: events.map(showEvent) } }
      }),
    },
    {
      method: 'GET',
      path: '/v1/instances/:id/stats',
      summary: 'The numbers of an instance over time: the mean of each step, by dotted path.',
      query: {
        from: 'Milliseconds since the epoch; an hour ago.',
        to: 'Milliseconds since the epoch; now.',
        step: 'Milliseconds; a 300th of the time asked for.',
      },
      answers: { 200: ['The numbers.', json], 400: ['from, to or step is no number.'], ...unknown },
      handler: known(async (id, { query }) => {
        const now = Date.now()
        const [from, to] = [readCount(query, 'from', now - hour), readCount(query, 'to', now)]
        if (from === null || to === null || to <= from) return badNumber
        const step = readCount(query, 'step', Math.ceil((to - from) / 300))
        if (step === null || step === 0) return badNumber
        return {
          status: 200,
          json: { from, to, step, series: makeSeries(await store.samplesOf(id, from, to), step) },
        }
      }),
    },
  ]
}

/** How an instance is forgotten that will never be heard of again. */
export function forgetRoute({ store, fleet, keys, counters }: ReceiverService): DocumentedRoute {
  const route: DocumentedRoute = {
    method: 'DELETE',
    path: '/v1/instances/:id',
    summary: 'Forgets an instance with all that is kept of it; what it reports later begins anew.',
    answers: { 204: ['It is forgotten.'], ...unknown },
    handler: handleKnown(fleet, async (id) => {
      await store.forget(id)
      fleet.forget([id])
      return { status: 204 }
    }),
  }
  return guardRoute(route, (request) => keys.mayOperate(request), counters)
}

type InstanceHandler = (id: string, request: HttpRequest) => Promise<HttpAnswer>

function handleKnown(fleet: Fleet, handler: InstanceHandler): DocumentedRoute['handler'] {
  return (request) => {
    const written = idsOf(request)
    const id = written.find((one) => fleet.has(one))
    return id === undefined
      ? answerError(404, 'no-instance', `there is no instance ${written[0]}; GET /v1/instances lists them`)
      : handler(id, request)
  }
}

/** An id has its parts encoded, and stands so in the path; clients that encode what they are given do it once more. */
function idsOf({ path, params }: HttpRequest): string[] {
  return [path.split('/')[3] ?? '', params.id ?? '']
}

/** A whole number of the query; null when it is none. */
export function readCount(query: URLSearchParams, name: string, otherwise: number): number | null {
  const text = query.get(name)
  if (text === null) return otherwise
  return /^\d{1,16}$/.test(text) ? Number(text) : null
}

/** An event for people: its times as ISO 8601. */
export function showEvent({ at, heardAt, ...event }: KeptEvent): object {
  const times = { at: new Date(at).toISOString(), heardAt: new Date(heardAt).toISOString() }
  if (event.kind !== 'schedule' || event.nextAt === null) return { ...event, ...times }
  return { ...event, nextAt: new Date(event.nextAt).toISOString(), ...times }
}
