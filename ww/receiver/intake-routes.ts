import { randomUUID } from 'node:crypto'
import type { DocumentedRoute } from '../http/documented-route.ts'
import { answerError, type HttpAnswer, type HttpRequest } from '../http/route.ts'
import { findUnkeepable } from './keepable.ts'
import { type FleetEvent, instanceId } from './model.ts'
import { type ParsedEvents, parseEvents } from './parse-events.ts'
import type { ReceiverService } from './service.ts'

const answers = {
  200: [
    'It is durable: how many events are new and how many were known; `refused` names those of a batch that are wrong, and ' +
      '`ignored` counts those of an unknown type that name no instance.',
    'application/json',
  ],
  400: [
    'Something is wrong with it, or with each event of a batch; the message names the event and the field.',
  ],
  403: ['A web page asked, and there is no key.'],
  401: ['It is not signed with a known secret, and has no known token.'],
  413: ['The body is too long, or has too many events.'],
  429: ['The instance reports too often, or there are too many instances.'],
} as const satisfies DocumentedRoute['answers']

/** Everything that instances report by. */
export function listIntakeRoutes(service: ReceiverService): DocumentedRoute[] {
  return [
    {
      method: 'POST',
      path: '/v1/events',
      summary: 'Takes one CloudEvent, a batch of them, or one a line; answers when they are durable.',
      takes: ['application/cloudevents+json', 'application/cloudevents-batch+json', 'application/x-ndjson'],
      answers,
      handler: (request) =>
        guard(service, request, () => {
          const type = request.headers['content-type'] ?? ''
          return parseEvents(request.body.toString('utf8'), type, Date.now())
        }),
    },
    {
      method: 'POST',
      path: '/v1/instances/:id/state',
      summary: 'Takes a state as plain text, for programs that speak no CloudEvents: curl -d UP.',
      query: { app: 'What the instance runs.', reason: 'Why it is in this state.' },
      headers: { 'Idempotency-Key': 'A retried report has the same, and counts once.' },
      takes: ['text/plain', 'application/x-www-form-urlencoded'],
      answers,
      handler: (request) => guard(service, request, () => readPlainState(request)),
    },
    {
      method: 'POST',
      path: '/v1/instances/:id/stats',
      summary: 'Takes stats as a JSON object, for programs that speak no CloudEvents: curl -d @stats.json.',
      query: { app: 'What the instance runs.', interval: 'Milliseconds until the next ones.' },
      headers: { 'Idempotency-Key': 'A retried report has the same, and counts once.' },
      takes: ['application/json', 'application/x-www-form-urlencoded'],
      answers,
      handler: (request) => guard(service, request, () => readPlainStats(request, service)),
    },
  ]
}

/** What one of the plain routes has read. */
function readPlain(event: FleetEvent): ParsedEvents {
  const problem = findUnkeepable(event)
  return problem === null ? { events: [event], refused: [], ignored: 0 } : { problem }
}

async function guard(
  service: ReceiverService,
  request: HttpRequest,
  read: () => ParsedEvents,
): Promise<HttpAnswer> {
  const refuse = (status: number, code: string, message: string, headers = {}): HttpAnswer => {
    service.counters.countRefusal(code)
    return answerError(status, code, message, headers)
  }
  // without a key, a page that somebody reads must not report on their behalf
  if (!service.keys.forReporting && request.headers.origin !== undefined)
    return refuse(403, 'other-origin', 'without a key no web page may report')
  const { keys, limits, rate, fleet, store, counters } = service
  if (!keys.mayReport(request))
    return refuse(401, 'no-key', 'sign it as Standard Webhooks says, or send a bearer token')
  const parsed = read()
  if ('problem' in parsed) return refuse(400, 'bad-event', parsed.problem)
  const { events, refused, ignored } = parsed
  const count = events.length + refused.length + ignored
  if (count > limits.batch)
    return refuse(413, 'too-many-events', `a request has at most ${limits.batch} events, not ${count}`)
  const own = Map.groupBy(events, ({ app, instance }) => instanceId(app, instance))
  const strangers = [...own.keys()].filter((id) => !fleet.has(id)).length
  if (strangers > 0 && fleet.size + strangers > limits.instances)
    return refuse(429, 'too-many-instances', `at most ${limits.instances} instances are taken`)
  const tooOften = rate.take(own, Date.now())
  if (tooOften !== null)
    return refuse(429, 'too-often', `${tooOften} reports more than ${limits.rate} events a minute`, {
      'retry-after': '30',
    })
  const taken = events.length > 0 ? await store.append(events) : { kept: 0, duplicates: 0 }
  for (const { kind } of events) counters.countEvents(kind, 1)
  if (refused.length > 0) counters.countRefusal('bad-event')
  const rest = { ...(refused.length > 0 ? { refused } : {}), ...(ignored > 0 ? { ignored } : {}) }
  return { status: 200, json: { ...taken, ...rest } }
}

function describePlain({ params, query, headers }: HttpRequest): Omit<FleetEvent, 'kind' | 'state'> {
  const key = headers['idempotency-key']
  const now = Date.now()
  return {
    id: typeof key === 'string' && key !== '' ? key : randomUUID(),
    ...{ app: query.get('app') ?? '', instance: params.id ?? '', version: '', labels: {}, configHash: '' },
    ...{ bootId: '', sequence: 0, at: now, heardAt: now, interval: null },
  }
}

function readPlainState(request: HttpRequest): ParsedEvents {
  const state = request.body.toString('utf8').trim()
  if (!/^[\w-]{1,50}$/.test(state)) return { problem: 'the body must be a state such as UP' }
  const facts = {
    previous: null,
    reason: request.query.get('reason') ?? '',
    attempt: 0,
    previousMs: 0,
    crashed: false,
  }
  return readPlain({ ...describePlain(request), kind: 'lifecycle', state, ...facts })
}

function readPlainStats(request: HttpRequest, { fleet }: ReceiverService): ParsedEvents {
  const interval = request.query.get('interval')
  if (interval !== null && !/^[1-9]\d{0,9}$/.test(interval))
    return { problem: 'interval must be milliseconds' }
  const facts = { ...describePlain(request), interval: interval === null ? null : Number(interval) }
  const stats = parseObject(request.body.toString('utf8'))
  if (stats === null) return { problem: 'the body must be a JSON object' }
  const state = fleet.view(instanceId(facts.app, facts.instance))?.state ?? 'UP'
  return readPlain({ ...facts, kind: 'stats', state, stats })
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
