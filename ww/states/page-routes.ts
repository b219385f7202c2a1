import type { DocumentedRoute } from '../http/documented-route.ts'
import type { HttpAnswer } from '../http/route.ts'
import { drawListPage, drawMachinePage, pageScript, pageStyle } from './page.ts'
import type { MachineRecord } from './record.ts'
import { answerNoMachine } from './refusal.ts'
import type { Service } from './service.ts'

/** The pages for people. */
export function listPageRoutes(service: Service): DocumentedRoute[] {
  const page: DocumentedRoute['answers'] = {
    200: ['The page.', 'text/html'],
    503: ['The machines cannot be read now.'],
  }
  return [
    {
      method: 'GET',
      path: '/',
      summary: 'The page of the only machine, or of all.',
      answers: page,
      handler: async () => {
        const machines = await readAll(service)
        const [only, ...more] = machines
        return answerPage(only && more.length === 0 ? drawMachinePage(...only) : drawListPage(machines))
      },
    },
    {
      method: 'GET',
      path: '/machines/',
      summary: 'The page of all machines.',
      answers: page,
      handler: async () => answerPage(drawListPage(await readAll(service))),
    },
    {
      method: 'GET',
      path: '/machines/:name/page',
      summary: 'The page of a machine: its chart with the current state marked, live.',
      answers: { ...page, 404: ['There is no such machine.'] },
      handler: async ({ params: { name = '' } }) => {
        const record = await service.store.read(name)
        return record === null ? answerNoMachine(name) : answerPage(drawMachinePage(name, record))
      },
    },
    asset('/page.css', 'The style of the pages.', 'text/css', pageStyle),
    asset('/page.js', 'What keeps a page up to date.', 'text/javascript', pageScript),
  ]
}

async function readAll({ store }: Service): Promise<[string, MachineRecord][]> {
  const names = await store.list()
  const all = await Promise.all(names.map(async (name) => ({ name, record: await store.read(name) })))
  return all.flatMap(({ name, record }) => (record ? [[name, record]] : []))
}

function answerPage(body: string): HttpAnswer {
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    },
    body,
  }
}

function asset(path: string, summary: string, type: string, body: string): DocumentedRoute {
  const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache' }
  return {
    method: 'GET',
    path,
    summary,
    answers: { 200: ['The file.', type] },
    handler: () => ({ status: 200, headers, body }),
  }
}
