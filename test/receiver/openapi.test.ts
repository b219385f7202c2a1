import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { type Ask, makeSender, TestReceiver } from './receivers.ts'

type Described = {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { responses: Record<string, { content?: object }> }>>>
  >
}

const key = 'a-key-for-reporting'
const token = 'a-token-for-reading'
const reports = { authorization: `Bearer ${key}` }
const reads = { authorization: `Bearer ${token}` }
const cloudEvent = { ...reports, 'content-type': 'application/cloudevents+json' }
const mutes = { ...reads, 'content-type': 'application/json' }
const boot = makeSender('a')
const first = JSON.stringify(boot.entered('UP'))
const batch = JSON.stringify(Array.from({ length: 4 }, () => boot.pushed({ load: 1 })))

/** A request for each route and each answer that can be caused: the path as described, and what is asked. */
const walk: readonly (readonly [route: string, ask: string, status: number, options?: Ask])[] = [
  ['/v1/events', 'POST /v1/events', 200, { headers: cloudEvent, body: first }],
  ['/v1/events', 'POST /v1/events', 400, { headers: cloudEvent, body: '{}' }],
  ['/v1/events', 'POST /v1/events', 401, { body: first }],
  ['/v1/events', 'POST /v1/events', 413, { headers: cloudEvent, body: batch }],
  ['/v1/events', 'POST /v1/events', 413, { headers: cloudEvent, body: ' '.repeat(5000) }],
  ['/v1/instances/{id}/state', 'POST /v1/instances/backup/state', 200, { headers: reports, body: 'UP' }],
  ['/v1/instances/{id}/state', 'POST /v1/instances/backup/state', 400, { headers: reports, body: '?' }],
  ['/v1/instances/{id}/state', 'POST /v1/instances/third/state', 429, { headers: reports, body: 'UP' }],
  ['/v1/instances/{id}/state', 'POST /v1/instances/backup/state', 401, { body: 'UP' }],
  [
    '/v1/instances/{id}/stats',
    'POST /v1/instances/backup/stats',
    200,
    { headers: reports, body: '{"a": 1}' },
  ],
  ['/v1/instances/{id}/stats', 'POST /v1/instances/backup/stats', 400, { headers: reports, body: '[]' }],
  ['/v1/instances', 'GET /v1/instances', 200, { headers: reads }],
  ['/v1/instances', 'GET /v1/instances', 401],
  ['/v1/instances/{id}', 'GET /v1/instances/shop:web-1', 200, { headers: reads }],
  ['/v1/instances/{id}', 'GET /v1/instances/nobody', 404, { headers: reads }],
  ['/v1/instances/{id}', 'GET /v1/instances/shop:web-1', 401],
  ['/v1/instances/{id}/events', 'GET /v1/instances/backup/events?limit=1', 200, { headers: reads }],
  ['/v1/instances/{id}/events', 'GET /v1/instances/backup/events?limit=x', 400, { headers: reads }],
  ['/v1/instances/{id}/events', 'GET /v1/instances/nobody/events', 404, { headers: reads }],
  ['/v1/instances/{id}/stats', 'GET /v1/instances/backup/stats', 200, { headers: reads }],
  ['/v1/instances/{id}/stats', 'GET /v1/instances/backup/stats?from=9&to=8', 400, { headers: reads }],
  ['/v1/instances/{id}/stats', 'GET /v1/instances/nobody/stats', 404, { headers: reads }],
  ['/v1/events', 'GET /v1/events?after=0', 200, { headers: reads }],
  ['/v1/events', 'GET /v1/events?after=-1', 400, { headers: reads }],
  ['/v1/apps', 'GET /v1/apps', 200, { headers: reads }],
  ['/v1/stream', 'GET /v1/stream', 200, { headers: reads }],
  ['/v1/stream', 'GET /v1/stream', 401],
  ['/metrics', 'GET /metrics', 200, { headers: reads }],
  ['/v1/alerts', 'GET /v1/alerts', 200, { headers: reads }],
  ['/v1/alerts', 'GET /v1/alerts', 401],
  ['/v1/mutes', 'POST /v1/mutes', 201, { headers: mutes, body: '{"app": "shop", "for": "1h"}' }],
  ['/v1/mutes', 'POST /v1/mutes', 400, { headers: mutes, body: '{}' }],
  ['/v1/mutes', 'POST /v1/mutes', 415, { headers: reads, body: '{}' }],
  ['/v1/mutes', 'POST /v1/mutes', 401, { body: '{}' }],
  ['/v1/mutes/{id}', 'DELETE /v1/mutes/none', 404, { headers: reads }],
  ['/v1/mutes/{id}', 'DELETE /v1/mutes/none', 401],
  ['/v1/instances/{id}', 'DELETE /v1/instances/backup', 401],
  ['/v1/instances/{id}', 'DELETE /v1/instances/backup', 204, { headers: reads }],
  ['/v1/instances/{id}', 'DELETE /v1/instances/backup', 404, { headers: reads }],
  ['/v1/session', 'POST /v1/session', 204, { body: token }],
  ['/v1/session', 'POST /v1/session', 401, { body: 'something-else' }],
  ['/livez', 'GET /livez', 200],
  ['/openapi.json', 'GET /openapi.json', 200],
]

describe('the OpenAPI description of the receiver', () => {
  let receiver: TestReceiver
  let described: Described
  before(async () => {
    receiver = new TestReceiver({
      keys: [key],
      readTokens: [token],
      limits: { body: 4000, batch: 3, instances: 2 },
    })
    await receiver.start()
    described = await receiver.read<Described>('GET /openapi.json')
  })
  after(() => receiver.remove())

  it('is valid', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(described)))
    expect(valid, JSON.stringify(errors)).to.equal(true)
  })

  it('has every route, and each is walked here', () => {
    const routes = Object.entries(described.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const walked = new Set(walk.map(([path, ask]) => `${ask.split(' ')[0]} ${path}`))
    expect(routes.filter((route) => !walked.has(route))).to.deep.equal([])
    expect([...walked].filter((route) => !routes.includes(route))).to.deep.equal([])
  })

  for (const [path, ask, status, options = {}] of walk) {
    it(`tells what ${ask}${options.body ? ` with ${options.body.slice(0, 20).trim()}` : ''} answers with ${status}`, async () => {
      const gone = new AbortController()
      const answer = await receiver.ask(ask, { ...options, signal: gone.signal })
      expect(answer.status).to.equal(status)
      const [method = ''] = ask.split(' ')
      const response = described.paths[path]?.[method.toLowerCase()]?.responses[status]
      expect(response, `${ask} ${status} is not described`).to.be.an('object')
      const [type] = (answer.headers.get('content-type') ?? '').split(';')
      expect(Object.keys(response?.content ?? {})).to.deep.equal(type ? [type] : [])
      gone.abort()
    })
  }
})
