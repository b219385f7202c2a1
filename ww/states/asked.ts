import { parseDuration } from '../base/duration.ts'
import { isLoopback } from '../http/loopback.ts'
import { answerError, type HttpAnswer, type HttpRequest } from '../http/route.ts'
import type { Update } from './decide.ts'
import type { Tokens } from './tokens.ts'

/** The longest that a GET is held, in milliseconds: what most proxies leave alone when it is asked for. */
const longestWait = 600_000

/** Who asks for a change; or the answer to those who may not. */
export function readWriter(request: HttpRequest, tokens: Tokens): { readonly by: string } | HttpAnswer {
  const { origin, host } = request.headers
  // a page that somebody reads must not change machines on their behalf
  if (origin !== undefined && !isOurs(origin, host, tokens))
    return answerError(403, 'other-origin', `a page of ${origin} may not change machines here`)
  const by = tokens.bearer(request)
  if (by !== null) return { by }
  const headers = { 'www-authenticate': 'Bearer realm="ww states"' }
  return answerError(401, 'no-token', 'changes need a token: Authorization: Bearer TOKEN', headers)
}

/** Without tokens a name will not do for the address: whoever owns the name can have it lead here. */
function isOurs(origin: string, host: string | undefined, tokens: Tokens): boolean {
  if (!URL.canParse(origin)) return false
  const { host: from, hostname } = new URL(origin)
  return from === host && (!tokens.none || isLoopback(hostname))
}

/** The update that a request asks for. */
export function readUpdate(
  { query, headers }: HttpRequest,
  by: string,
  what: { readonly state?: string | undefined; readonly event?: string | undefined },
): Update | HttpAnswer {
  const state = what.state ?? query.get('state') ?? undefined
  const event = what.event ?? query.get('event') ?? undefined
  const key = headers['idempotency-key']
  if (Array.isArray(key) || (key !== undefined && (key === '' || key.length > 200)))
    return answerError(400, 'bad-key', 'an Idempotency-Key has 1 to 200 characters')
  const revisions = readRevisions(headers['if-match'])
  return {
    by,
    at: new Date().toISOString(),
    ...(state !== undefined && { state }),
    ...(event !== undefined && { event }),
    ...(key !== undefined && { key }),
    ...(revisions && { revisions }),
  }
}

/** How long the answer may take, in milliseconds. */
export function readWait(query: URLSearchParams): number | HttpAnswer {
  const text = query.get('wait')
  if (text === null) return 0
  const wait = parseDuration(text)
  if (wait === null) return answerError(400, 'bad-wait', `wait= takes a duration such as 30s, not "${text}"`)
  return Math.min(wait, longestWait)
}

/** The revisions of `If-Match`; undefined when any will do. What is no ETag of ours matches nothing. */
function readRevisions(ifMatch: string | undefined): number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === '*') return undefined
  return ifMatch.split(',').flatMap((tag) => {
    const [, revision] = /^"(\d{1,15})"$/.exec(tag.trim()) ?? []
    return revision === undefined ? [] : [Number(revision)]
  })
}
