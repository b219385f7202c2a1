import { Validator } from '@seriousme/openapi-schema-validator'
import { expect } from 'chai'
import { colours, door } from './charts.ts'
import { TestService } from './states.ts'

type Described = {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { responses: Record<string, { content?: object }> }>>>
  >
}

/** A request for each route and each answer that can be caused: the path as described, and what is asked. */
const walk: readonly (readonly [
  route: string,
  ask: string,
  status: number,
  body?: string | undefined,
  headers?: Record<string, string>,
])[] = [
  ['/state', 'GET /state?state=green_state', 200],
  ['/state', 'GET /state?state=green_state&wait=x', 400],
  ['/state', 'GET /state?state=red_state', 406],
  ['/state', 'GET /state', 500],
  ['/state', 'PUT /state?state=green_state', 200],
  ['/state', 'PUT /state?state=red_state', 500],
  ['/state', 'PUT /state?state=green_state', 412, undefined, { 'if-match': '"9"' }],
  ['/state', 'PUT /state?state=green_state&event=x', 409],
  ['/state', 'PUT /state?state=green_state', 400, undefined, { 'idempotency-key': 'k'.repeat(300) }],
  ['/state', 'PUT /state?state=green_state', 403, undefined, { origin: 'http://elsewhere.example' }],
  ['/machines', 'POST /machines?name=door', 201, door],
  ['/machines', 'POST /machines?name=door', 409, door],
  ['/machines', 'POST /machines', 400, door],
  ['/machines', 'GET /machines', 200],
  ['/machines/', 'GET /machines/', 200],
  ['/machines/{name}', 'GET /machines/door', 200],
  ['/machines/{name}', 'GET /machines/nobody', 404],
  ['/machines/{name}/state', 'GET /machines/door/state?state=closed', 200],
  ['/machines/{name}/state', 'GET /machines/nobody/state?state=closed', 404],
  ['/machines/{name}/state', 'PUT /machines/door/state?state=closed&event=open', 200],
  ['/machines/{name}/state', 'PUT /machines/nobody/state?state=closed', 404],
  ['/machines/{name}/events', 'POST /machines/door/events', 200, '{"event": "close"}'],
  ['/machines/{name}/events', 'POST /machines/door/events', 409, '{"event": "close"}'],
  ['/machines/{name}/events', 'POST /machines/door/events', 400, '{}'],
  ['/machines/{name}/events', 'POST /machines/nobody/events', 404, '{"event": "close"}'],
  ['/machines/{name}/events', 'POST /machines/door/events', 412, '{"event": "open"}', { 'if-match': '"9"' }],
  ['/machines/{name}/history', 'GET /machines/door/history', 200],
  ['/machines/{name}/history', 'GET /machines/nobody/history', 404],
  ['/machines/{name}/stream', 'GET /machines/door/stream', 200],
  ['/machines/{name}/stream', 'GET /machines/nobody/stream', 404],
  ['/machines/{name}/page', 'GET /machines/door/page', 200],
  ['/machines/{name}/page', 'GET /machines/nobody/page', 404],
  ['/machines/{name}', 'DELETE /machines/door', 204],
  ['/machines/{name}', 'DELETE /machines/door', 404],
  ['/machines/{name}', 'DELETE /machines/default', 409],
  ['/', 'GET /', 200],
  ['/page.css', 'GET /page.css', 200],
  ['/page.js', 'GET /page.js', 200],
  ['/livez', 'GET /livez', 200],
  ['/openapi.json', 'GET /openapi.json', 200],
]

describe('the OpenAPI description', () => {
  let service: TestService
  let described: Described
  before(async () => {
    service = await new TestService().start(colours)
    described = await service.read<Described>('GET /openapi.json')
  })
  after(() => service.remove())

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

  for (const [path, ask, status, body, headers = {}] of walk) {
    it(`tells what ${ask}${body === undefined ? '' : ' with a body'} answers with ${status}`, async () => {
      const gone = new AbortController()
      const answer = await service.ask(ask, {
        headers,
        signal: gone.signal,
        ...(body !== undefined && { body }),
      })
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
