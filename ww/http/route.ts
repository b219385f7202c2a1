import type { IncomingHttpHeaders } from 'node:http'

/** A line of a table of routes. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/apps/:app` puts what stands there into `params`; `*` at the end takes the rest. HEAD is answered where GET is. */
  readonly path: string
  /** One sentence for people. */
  readonly summary: string
  readonly handler: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>
}

/** What a handler gets. */
export type HttpRequest = {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** As it came, byte for byte; empty when there is none. */
  readonly body: Buffer
  /** The IP address that it came from; empty on a unix socket. */
  readonly address: string
  /** Aborted when the connection is closed, by the client or by us: the end of a stream. */
  readonly signal: AbortSignal
}

/** What a handler gives: text or bytes, a value sent as JSON, or a stream sent piece by piece (server-sent events). */
export type HttpAnswer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
} & (
  | { readonly body?: string | Uint8Array }
  | { readonly json: unknown }
  | { readonly stream: AsyncIterable<string | Uint8Array> }
)

/** An answer that tells what was wrong: `code` for programs such as `not-found`, `message` for people. */
export function answerError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { status, headers, json: { error: { code, message } } }
}
