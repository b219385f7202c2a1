import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpRequest } from './route.ts'

/** What a handler is given of a request. */
export function describeRequest(request: FastifyRequest, reply: FastifyReply): HttpRequest {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return {
    method: request.method,
    path: pathOf(request),
    params: Object.fromEntries(
      Object.entries(request.params ?? {}).map(([key, text]) => [key, String(text)]),
    ),
    query: new URLSearchParams(request.url.split('?')[1] ?? ''),
    headers: request.headers,
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    signal: gone.signal,
  }
}

/** The path of a request, without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? ''
}
