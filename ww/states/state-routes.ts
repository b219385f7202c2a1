import type { DocumentedRoute } from '../http/documented-route.ts'
import { answerError, type HttpAnswer, type HttpRequest } from '../http/route.ts'
import { readUpdate, readWait, readWriter } from './asked.ts'
import { awaitState } from './await-state.ts'
import { decideUpdate, type UpdateAnswer } from './decide.ts'
import { changeAnswers, changeHeaders } from './documented.ts'
import { defaultMachine } from './name.ts'
import type { MachineRecord } from './record.ts'
import { answerNoMachine, headersOf, tellRefusal } from './refusal.ts'
import type { Service } from './service.ts'

/** Is it my turn, and I am done: for the default machine, and for each by its name. */
export function listStateRoutes(service: Service): DocumentedRoute[] {
  return [
    ...listRoutesAt('/state', 'the default machine', service, () => defaultMachine),
    ...listRoutesAt('/machines/:name/state', 'a machine', service, ({ params }) => params.name ?? ''),
  ]
}

function listRoutesAt(
  path: string,
  which: string,
  service: Service,
  nameOf: (request: HttpRequest) => string,
): DocumentedRoute[] {
  return [
    {
      method: 'GET',
      path,
      summary: `Whether a state of ${which} is current: is it my turn?`,
      query: {
        'state*': 'The state.',
        wait: 'Holds the answer until the state comes, at most so long: 30s.',
      },
      answers: {
        200: ['The state, which is current.', 'text/plain'],
        400: ['wait is no duration.'],
        404: ['There is no such machine.'],
        406: ['It is not current.'],
        500: ['The state is missing.'],
        503: ['The machines cannot be read now.'],
      },
      handler: (request) => getState(service, nameOf(request), request),
    },
    {
      method: 'PUT',
      path,
      summary: `Updates ${which} when the state is current: I am done.`,
      query: { 'state*': 'The state.', event: 'What happened, for a machine with a general chart.' },
      headers: changeHeaders,
      answers: {
        200: ['The state, for which this update was counted.', 'text/plain'],
        400: ['The Idempotency-Key is too long.'],
        404: ['There is no such machine.'],
        409: ['The machine does not answer this event.'],
        412: ['The machine has another revision than If-Match says.'],
        500: ['The state is missing or not current, or the machine has ended or moves by its clock.'],
        ...changeAnswers,
      },
      handler: (request) => putState(service, nameOf(request), request),
    },
  ]
}

async function getState(
  { store, changes }: Service,
  name: string,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const { query } = request
  const state = query.get('state')
  if (state === null) return missingState()
  const wait = readWait(query)
  if (typeof wait !== 'number') return wait
  const record =
    wait === 0 ? await store.read(name) : await awaitState(store, changes, name, state, wait, request.signal)
  if (record === null) return answerNoMachine(name)
  if (record.state === state) return answerState(state, record)
  const message = `${state} is not current: ${record.state} is`
  return answerError(406, 'not-current', message, headersOf(record))
}

async function putState(service: Service, name: string, request: HttpRequest): Promise<HttpAnswer> {
  const writer = readWriter(request, service.tokens)
  if (!('by' in writer)) return writer
  const update = readUpdate(request, writer.by, {})
  if (!('by' in update)) return update
  const { state } = update
  if (state === undefined) return missingState()
  const result = await service.store.update(name, (record) => decideUpdate(record, update))
  if (result === null) return answerNoMachine(name)
  const { answer, record } = result
  if (answer.ok) return answerState(state, answer)
  const message = tellRefusal(answer.refusal, record, update)
  return answerError(statusOf(answer), answer.refusal, message, headersOf(record))
}

/** As the source of the idea answers, and for what it didn't know, as HTTP does. */
function statusOf({ refusal }: Extract<UpdateAnswer, { ok: false }>): number {
  if (refusal === 'other-revision') return 412
  return refusal === 'unknown-event' || refusal === 'linear' ? 409 : 500
}

function missingState(): HttpAnswer {
  return answerError(500, 'no-state', 'say which state: ?state=NAME')
}

function answerState(state: string, record: Pick<MachineRecord, 'revision'>): HttpAnswer {
  return {
    status: 200,
    headers: { ...headersOf(record), 'content-type': 'text/plain; charset=utf-8' },
    body: state,
  }
}
