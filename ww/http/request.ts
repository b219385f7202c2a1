import type { FastifyReply, FastifyRequest } from 'fastify'
import type { HttpRequest } from './route.ts'

/** What a handler is given of a request. */
export function describeRequest(request: FastifyRequest, reply: FastifyReply): HttpRequest {
  return new LazyRequest(request, reply)
}

/** Makes what costs something only when a handler asks for it. */
class LazyRequest implements HttpRequest {
  #request: FastifyRequest
  #reply: FastifyReply
  #query: URLSearchParams | null = null
  #gone: AbortController | null = null

  constructor(request: FastifyRequest, reply: FastifyReply) {
    this.#request = request
    this.#reply = reply
  }

  get method(): string {
    return this.#request.method
  }

  get path(): string {
    return pathOf(this.#request)
  }

  get params(): Readonly<Record<string, string>> {
    const params = Object.entries(this.#request.params ?? {})
    return Object.fromEntries(params.map(([key, text]) => [key, String(text)]))
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#request.url.split('?')[1] ?? '')
    return this.#query
  }

  get headers(): HttpRequest['headers'] {
    return this.#request.headers
  }

  get body(): Buffer {
    return Buffer.isBuffer(this.#request.body) ? this.#request.body : Buffer.alloc(0)
  }

  get address(): string {
    return this.#request.raw.socket.remoteAddress ?? ''
  }

  get signal(): AbortSignal {
    if (this.#gone === null) {
      const gone = new AbortController()
      this.#gone = gone
      const { raw } = this.#reply
      if (raw.closed || raw.destroyed) gone.abort()
      else raw.once('close', () => gone.abort())
    }
    return this.#gone.signal
  }
}

/** The path of a request, without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?')[0] ?? ''
}
