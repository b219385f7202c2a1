import type { DocumentedRoute } from '../http/documented-route.ts'
import { answerError, type HttpAnswer, type HttpRequest } from '../http/route.ts'
import { readUpdate, readWriter } from './asked.ts'
import { decideUpdate } from './decide.ts'
import { changeAnswers, changeHeaders } from './documented.ts'
import { isData } from './problem.ts'
import { answerNoMachine, headersOf, tellRefusal } from './refusal.ts'
import type { Service } from './service.ts'

/** Events for machines with general charts. */
export function eventRoute(service: Service): DocumentedRoute {
  return {
    method: 'POST',
    path: '/machines/:name/events',
    summary:
      'Sends an event to a machine with a general chart: {"event": "done"}; "state" may say for which state.',
    headers: changeHeaders,
    takes: ['application/json'],
    answers: {
      200: ['The state that the machine is in then, and its revision.', 'application/json'],
      400: ['The event is missing.'],
      404: ['There is no such machine.'],
      409: ['The machine does not answer this event, is in another state, or has ended.'],
      412: ['The machine has another revision than If-Match says.'],
      ...changeAnswers,
    },
    handler: (request) => sendEvent(service, request),
  }
}

async function sendEvent({ store, tokens }: Service, request: HttpRequest): Promise<HttpAnswer> {
  const writer = readWriter(request, tokens)
  if (!('by' in writer)) return writer
  const { name = '' } = request.params
  const asked = parseBody(request.body)
  const update = asked && readUpdate(request, writer.by, asked)
  if (!update) return answerError(400, 'bad-event', 'say what happened: {"event": "NAME"}')
  if (!('by' in update)) return update
  const result = await store.update(name, (record) => decideUpdate(record, update))
  if (result === null) return answerNoMachine(name)
  const { answer, record } = result
  if (!answer.ok) {
    const message = tellRefusal(answer.refusal, record, update)
    const status = answer.refusal === 'other-revision' ? 412 : 409
    return answerError(status, answer.refusal, message, headersOf(record))
  }
  return { status: 200, headers: headersOf(answer), json: { state: record.state, revision: answer.revision } }
}

function parseBody(body: Buffer): { event: string; state: string | undefined } | null {
  try {
    const data: unknown = JSON.parse(body.toString('utf8'))
    if (!isData(data) || typeof data.event !== 'string') return null
    if (data.state !== undefined && typeof data.state !== 'string') return null
    return { event: data.event, state: data.state }
  } catch {
    return null
  }
}
