import type { DocumentedRoute } from '../http/documented-route.ts'
import type { HttpAnswer, HttpRequest } from '../http/route.ts'
import type { MachineRecord } from './record.ts'
import { answerNoMachine } from './refusal.ts'
import type { Service } from './service.ts'
import { describeMachine } from './view.ts'

/** A line now and then keeps proxies from taking a quiet stream for a dead one; in milliseconds. */
const heartbeat = 15_000

/** A reader that is so many changes behind is let go, and comes back for the rest. */
const farthestBehind = 1000

/** The live stream of a machine. */
export function streamRoute(service: Service): DocumentedRoute {
  return {
    method: 'GET',
    path: '/machines/:name/stream',
    summary:
      'Server-sent events: the machine as a snapshot, then each change; removed ends it. Last-Event-ID gets what was missed.',
    query: { since: 'The last revision that was seen, for the first connection.' },
    headers: { 'Last-Event-ID': 'The last revision that was seen.' },
    answers: {
      200: ['The stream.', 'text/event-stream'],
      404: ['There is no such machine.'],
      503: ['The machines cannot be read now.'],
    },
    handler: (request) => openStream(service, request),
  }
}

async function openStream(service: Service, request: HttpRequest): Promise<HttpAnswer> {
  const { name = '' } = request.params
  if ((await service.store.read(name)) === null) return answerNoMachine(name)
  const since = readSince(request)
  const headers = {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  }
  return { status: 200, headers, stream: tellChanges(service, name, since, request.signal) }
}

/** An event source comes back with the header, which is newer than what its address says. */
function readSince({ headers, query }: HttpRequest): number | null {
  const seen = headers['last-event-id'] ?? query.get('since')
  return typeof seen === 'string' && /^\d{1,15}$/.test(seen) ? Number(seen) : null
}

async function* tellChanges(
  { store, changes }: Service,
  name: string,
  since: number | null,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const queue: (MachineRecord | null)[] = []
  let wake = (): void => {}
  const stop = changes.listen(name, (record) => {
    queue.push(record)
    wake()
  })
  signal.addEventListener('abort', () => wake())
  try {
    const now = await store.read(name)
    if (now === null) return
    yield* begin(name, now, since)
    while (!signal.aborted) {
      if (queue.length > farthestBehind) return
      for (const record of queue.splice(0)) {
        if (record === null) return yield write('removed', null, { name })
        if (record.revision > now.revision) yield drawChange(name, record)
      }
      if (queue.length === 0 && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        const timer = setTimeout(resolve, heartbeat)
        await promise
        clearTimeout(timer)
        if (queue.length === 0) yield ': still here\n\n'
      }
    }
  } finally {
    stop()
  }
}

/** What a reader has missed, when the history goes so far back; the whole machine in any case. */
function* begin(name: string, now: MachineRecord, since: number | null): Generator<string> {
  yield 'retry: 1000\n\n'
  const oldest = now.history[0]?.revision ?? now.revision + 1
  if (since !== null && since <= now.revision && since >= oldest - 1) {
    for (const entry of now.history) if (entry.revision > since) yield write('change', entry.revision, entry)
  }
  yield write('snapshot', now.revision, describeMachine(name, now))
}

function drawChange(name: string, record: MachineRecord): string {
  return write('change', record.revision, {
    ...record.history.at(-1),
    machine: describeMachine(name, record),
  })
}

function write(event: string, id: number | null, data: object): string {
  return `event: ${event}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
