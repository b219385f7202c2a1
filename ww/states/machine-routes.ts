import { exitCode, isUserError } from '../base/errors.ts'
import type { DocumentedRoute } from '../http/documented-route.ts'
import { answerError, type HttpAnswer, type HttpRequest } from '../http/route.ts'
import { readWriter } from './asked.ts'
import { changeAnswers } from './documented.ts'
import { isMachineName } from './name.ts'
import { readMachine, tellProblems } from './read-yaml.ts'
import { answerNoMachine, headersOf } from './refusal.ts'
import type { Service } from './service.ts'
import { describeMachine, summarize } from './view.ts'

/** The machines: which there are, making one, a whole one, its history, and its end. */
export function listMachineRoutes(service: Service): DocumentedRoute[] {
  return [
    {
      method: 'GET',
      path: '/machines',
      summary: 'All machines, each with its state.',
      answers: {
        200: ['Name, state and revision of each.', 'application/json'],
        503: ['The machines cannot be read now.'],
      },
      handler: () => listMachines(service),
    },
    {
      method: 'POST',
      path: '/machines',
      summary: 'Makes a machine from a chart.',
      query: { 'name*': 'What it is called: letters, digits, dots, dashes and underscores.' },
      takes: ['application/yaml', 'application/json'],
      answers: {
        201: ['It was made.', 'application/json'],
        400: ['The name or the chart is wrong; the message has the line.'],
        409: ['There is one of this name.'],
        ...changeAnswers,
      },
      handler: (request) => createMachine(service, request),
    },
    {
      method: 'GET',
      path: '/machines/:name',
      summary: 'A machine: its state, its revision, and its chart with the counts.',
      answers: {
        200: ['The machine.', 'application/json'],
        404: ['There is no such machine.'],
        503: ['The machines cannot be read now.'],
      },
      handler: ({ params: { name = '' } }) => getMachine(service, name),
    },
    {
      method: 'DELETE',
      path: '/machines/:name',
      summary: 'Removes a machine with its history.',
      answers: {
        204: ['It is gone.', ''],
        404: ['There is no such machine.'],
        409: ['It is kept in its chart, which is not removed.'],
        ...changeAnswers,
      },
      handler: (request) => removeMachine(service, request),
    },
    {
      method: 'GET',
      path: '/machines/:name/history',
      summary: 'What was done, when and by whom: the newest last, 1,000 at most.',
      query: { since: 'Only changes after this revision.' },
      answers: {
        200: ['The changes.', 'application/json'],
        404: ['There is no such machine.'],
        503: ['The machines cannot be read now.'],
      },
      handler: (request) => getHistory(service, request),
    },
  ]
}

async function listMachines({ store }: Service): Promise<HttpAnswer> {
  const names = await store.list()
  const records = await Promise.all(names.map(async (name) => [name, await store.read(name)] as const))
  // one may be gone since it was listed
  return {
    status: 200,
    json: { machines: records.flatMap(([name, record]) => (record ? [summarize(name, record)] : [])) },
  }
}

async function createMachine({ store, tokens }: Service, request: HttpRequest): Promise<HttpAnswer> {
  const writer = readWriter(request, tokens)
  if (!('by' in writer)) return writer
  const name = request.query.get('name') ?? ''
  if (!isMachineName(name))
    return answerError(
      400,
      'bad-name',
      'say ?name=NAME, of letters, digits, dots, dashes and underscores, 100 at most',
    )
  const machine = readMachine(request.body.toString('utf8'))
  if ('problems' in machine) return answerError(400, 'bad-chart', tellProblems('chart', machine.problems))
  // a file of ours is a chart too; its past is another machine's
  const record = { ...machine.record, revision: 0, history: [], keys: {} }
  if (!(await store.create(name, record)))
    return answerError(409, 'exists', `there is a machine "${name}" already`)
  const headers = { ...headersOf(record), location: `/machines/${name}` }
  return { status: 201, headers, json: describeMachine(name, record) }
}

async function getMachine({ store }: Service, name: string): Promise<HttpAnswer> {
  const record = await store.read(name)
  if (record === null) return answerNoMachine(name)
  return { status: 200, headers: headersOf(record), json: describeMachine(name, record) }
}

async function removeMachine({ store, tokens }: Service, request: HttpRequest): Promise<HttpAnswer> {
  const writer = readWriter(request, tokens)
  if (!('by' in writer)) return writer
  const { name = '' } = request.params
  try {
    return (await store.remove(name)) ? { status: 204 } : answerNoMachine(name)
  } catch (error) {
    if (isUserError(error) && error.exitCode === exitCode.usage)
      return answerError(409, 'kept', error.message)
    throw error
  }
}

async function getHistory({ store }: Service, { params, query }: HttpRequest): Promise<HttpAnswer> {
  const { name = '' } = params
  const record = await store.read(name)
  if (record === null) return answerNoMachine(name)
  const since = Number(query.get('since')) || 0
  const history = record.history.filter(({ revision }) => revision > since)
  return { status: 200, headers: headersOf(record), json: { name, history } }
}
