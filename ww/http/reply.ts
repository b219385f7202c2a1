import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pathOf } from './request.ts'
import { answerError, type HttpAnswer } from './route.ts'

/** Hears of what no client is told. */
type Warn = (line: string) => void

/** Sends what a handler gave; a stream that breaks off is told to the log. */
export function sendAnswer(
  answer: HttpAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
  warn: Warn,
): FastifyReply {
  reply.code(answer.status).headers(answer.headers ?? {})
  if ('json' in answer) {
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.json))
  }
  if (!('stream' in answer)) return reply.send(answer.body)
  // a stream may never end, and HEAD wants none of it
  if (request.method === 'HEAD') return reply.send()
  const stream = Readable.from(answer.stream)
  stream.on('error', (error) => warn(`${request.method} ${pathOf(request)} broke off: ${error.stack}`))
  return reply.send(stream)
}

/** Who is told of what went wrong beside the client. */
export type FailureListeners = { readonly warn: Warn; readonly refused?: (code: string) => void }

/** The server's own errors are the client's doing and told to it; a handler's are ours and told to the log. */
export function answerFailure(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  { warn, refused }: FailureListeners,
): FastifyReply {
  const status = clientFault(error)
  if (status !== null && error instanceof Error) {
    const [code, message] =
      status === 413 ? ['too-large', 'the body is too long'] : ['bad-request', error.message]
    refused?.(code)
    return sendAnswer(answerError(status, code, message), request, reply, warn)
  }
  const what = error instanceof Error ? error.stack : String(error)
  warn(`${request.method} ${pathOf(request)} failed: ${what}`)
  return sendAnswer(
    answerError(500, 'internal', 'something went wrong here; the log tells'),
    request,
    reply,
    warn,
  )
}

function clientFault(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error) || !('code' in error)) return null
  const { statusCode, code } = error
  const isOurs = typeof code !== 'string' || !code.startsWith('FST_')
  return isOurs || typeof statusCode !== 'number' || statusCode >= 500 ? null : statusCode
}
