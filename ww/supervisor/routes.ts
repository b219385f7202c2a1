import { answerError, type HttpAnswer, type HttpRequest, type Route } from '../http/route.ts'
import { renderMetrics } from './metrics.ts'
import type { Supervisor } from './supervisor.ts'
import { listTargets, renderPage, renderTable } from './target/state-text.ts'
import type { TargetView } from './target/view.ts'

/** What the routes stand on. */
export type SupervisorRouting = {
  readonly supervisor: Supervisor
  /** Whether a request may change anything. */
  mayChange(request: HttpRequest): boolean
  /** Begins to stop, once the request is answered. */
  stop(): void
}

/** The supervisor over HTTP. What changes something is taken by GET as well as by POST. */
export function supervisorRoutes({ supervisor, mayChange, stop }: SupervisorRouting): Route[] {
  let forced: number | null = null
  const guard =
    (handler: Route['handler']): Route['handler'] =>
    (request) =>
      mayChange(request)
        ? handler(request)
        : answerError(403, 'forbidden', 'changes are for this machine alone, or need the token')
  const change = (path: string, summary: string, handler: Route['handler']): Route[] =>
    (['GET', 'POST'] as const).map((method) => ({ method, path, summary, handler: guard(handler) }))
  return [
    {
      method: 'GET',
      path: '/',
      summary: '200 when every target runs, 503 until then.',
      handler: () => sayStatus(forced ?? (supervisor.allRunning ? 200 : 503)),
    },
    {
      method: 'GET',
      path: '/state',
      summary: 'Every target, as JSON, or as a table for people.',
      handler: (request) => showState(supervisor.views, request),
    },
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Every target, for Prometheus.',
      handler: () => ({
        status: 200,
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        body: renderMetrics(supervisor.views),
      }),
    },
    ...change(
      '/httpStatus',
      'Answers GET / with ?code=N from now on; without a code, with the truth.',
      ({ query }) => {
        const code = query.get('code') ?? ''
        if (code !== '' && !/^[2-5]\d\d$/.test(code))
          return answerError(
            400,
            'bad-code',
            'code must be an HTTP status from 200 to 599, or empty for the truth',
          )
        forced = code === '' ? null : Number(code)
        return sayText(200, forced === null ? 'the truth' : String(forced))
      },
    ),
    ...change(
      '/restart',
      'Starts ?target=URL again that was given up, without waiting for its back-off.',
      ({ query }) =>
        supervisor.retry(query.get('target') ?? '')
          ? sayText(200, 'restarting')
          : answerError(
              404,
              'no-target',
              `there is no target "${query.get('target') ?? ''}"; GET /state lists them`,
            ),
    ),
    ...change('/kill', 'Stops what was started, and then the supervisor itself.', () => {
      stop()
      return sayText(200, 'stopping')
    }),
  ]
}

function sayStatus(code: number): HttpAnswer {
  return sayText(code, code === 200 ? 'RUNNING' : code === 503 ? 'PENDING' : String(code))
}

function sayText(status: number, text: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` }
}

function showState(views: readonly TargetView[], { headers }: HttpRequest): HttpAnswer {
  const accept = headers.accept ?? ''
  const rows = (): string[][] => listTargets(views, Date.now())
  if (accept.includes('text/html'))
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: renderPage(rows()) }
  if (accept.includes('text/plain')) return sayText(200, renderTable(rows()).trimEnd())
  const iso = (ms: number): string => new Date(ms).toISOString()
  const targets = views.map(({ since, lastPing, ...view }) => ({
    ...view,
    since: iso(since),
    lastPing: lastPing && { ...lastPing, at: iso(lastPing.at) },
  }))
  return { status: 200, json: { targets } }
}
