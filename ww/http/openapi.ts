import type { DocumentedRoute } from './documented-route.ts'

/** What the description says of the whole. */
export type ApiInfo = { readonly title: string; readonly version: string; readonly description: string }

/** The route that describes all routes, itself included, as OpenAPI 3.1. */
export function describeRoutes(routes: readonly DocumentedRoute[], info: ApiInfo): DocumentedRoute {
  const route: DocumentedRoute = {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description.',
    answers: { 200: ['The description in OpenAPI 3.1.', 'application/json'] },
    handler: () => ({ status: 200, json: describe([...routes, route], info) }),
  }
  return route
}

function describe(routes: readonly DocumentedRoute[], info: ApiInfo): object {
  const paths = [...Map.groupBy(routes, ({ path }) => path)].map(([path, there]) => [
    path.replace(/:(\w+)/g, '{$1}'),
    Object.fromEntries(there.map((route) => [route.method.toLowerCase(), describeRoute(route)])),
  ])
  return {
    openapi: '3.1.0',
    info,
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: errorSchema },
    },
  }
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'For programs.' },
        message: { type: 'string', description: 'For people.' },
      },
    },
  },
}

function describeRoute({ method, path, summary, query, headers, takes, answers }: DocumentedRoute): object {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) =>
    parameter('path', `${name}*`, 'Its name.'),
  )
  const inQuery = Object.entries(query ?? {}).map(([name, what]) => parameter('query', name, what))
  const inHeaders = Object.entries(headers ?? {}).map(([name, what]) => parameter('header', name, what))
  const responses = Object.entries(answers).map(([status, [description, type]]) => [
    status,
    { description, ...describeContent(Number(status), type) },
  ])
  return {
    summary,
    // no token is needed where none is configured
    ...(method !== 'GET' && { security: [{}, { token: [] }] }),
    parameters: [...inPath, ...inQuery, ...inHeaders],
    ...(takes && {
      requestBody: { required: true, content: Object.fromEntries(takes.map((type) => [type, {}])) },
    }),
    responses: Object.fromEntries(responses),
  }
}

/** An asterisk at the end of the name says that it is required. */
function parameter(place: string, name: string, description: string): object {
  const required = name.endsWith('*')
  return { in: place, name: name.replace('*', ''), description, required, schema: { type: 'string' } }
}

function describeContent(status: number, type: string | undefined): object {
  if (status >= 400)
    return { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
  return type ? { content: { [type]: {} } } : {}
}
