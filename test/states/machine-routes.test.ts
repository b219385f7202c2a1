import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { until } from '../helpers/until.ts'
import { colours, door, timed } from './charts.ts'
import { type SeenHistory, type SeenMachine, TestService } from './states.ts'

describe('machines over HTTP', () => {
  let service: TestService
  beforeEach(async () => {
    service = await new TestService().start()
  })
  afterEach(() => service.remove())

  it('are made from charts in YAML and JSON, and listed', async () => {
    const made = await service.ask('POST /machines?name=deploy', { body: colours })
    expect([made.status, made.headers.get('location'), made.headers.get('etag')]).to.deep.equal([
      201,
      '/machines/deploy',
      '"0"',
    ])
    const body = JSON.stringify(parse(door))
    const headers = { 'content-type': 'application/json' }
    expect((await service.ask('POST /machines?name=door', { body, headers })).status).to.equal(201)
    expect(await service.read<object>('GET /machines')).to.deep.equal({
      machines: [
        { name: 'deploy', state: 'green_state', revision: 0, ended: false },
        { name: 'door', state: 'closed', revision: 0, ended: false },
      ],
    })
  })

  it('are made once of a name, and refused with the line of a mistake or for their name', async () => {
    await service.make('deploy', colours)
    expect((await service.ask('POST /machines?name=deploy', { body: colours })).status).to.equal(409)
    for (const name of ['', '../etc/passwd', '.hidden', 'a/b', 'x'.repeat(101)]) {
      const path = `POST /machines?name=${encodeURIComponent(name)}`
      expect((await service.ask(path, { body: colours })).status, name).to.equal(400)
    }
    const wrong = await service.ask('POST /machines?name=a', { body: colours.replace('increment', 'inc') })
    expect([wrong.status, (await wrong.json()) as object]).to.deep.equal([
      400,
      { error: { code: 'bad-chart', message: 'chart:5: "func" must be increment or time, not "inc"' } },
    ])
    expect(await service.status('GET /machines/a')).to.equal(404)
  })

  it('begin anew when they are made from the file of another', async () => {
    await service.make('a', `${colours}revision: 9\nkeys: {k: 9}\n`)
    expect((await service.read<SeenMachine>('GET /machines/a')).revision).to.equal(0)
    expect((await service.read<SeenHistory>('GET /machines/a/history')).history).to.deep.equal([])
  })

  it('are shown whole: state, counts, chart, and when a timed one moves', async () => {
    await service.make('a', colours)
    await service.status('PUT /machines/a/state?state=green_state')
    const { chart, ...rest } = await service.read<SeenMachine>('GET /machines/a')
    expect(rest).to.deep.equal({ name: 'a', state: 'green_state', revision: 1, ended: false })
    expect(chart.states[0]?.current).to.deep.equal({ key: 'count', value: 1 })
    await service.make('b', timed('3000-01-01T02:00:00Z'))
    expect((await service.read<SeenMachine>('GET /machines/b')).due).to.equal('3000-01-01T02:00:00.000Z')
    await service.make('c', door)
    expect((await service.read<SeenMachine>('GET /machines/c')).chart).to.deep.equal({
      ...parse(door),
      current_state: 'closed',
    })
  })

  it('have a history with what, when and who', async () => {
    await service.make('door', door)
    for (const event of ['open', 'close', 'open'])
      await service.ask('POST /machines/door/events', { body: JSON.stringify({ event }) })
    const { history } = await service.read<SeenHistory>('GET /machines/door/history?since=1')
    expect(
      history.map(({ at, ...entry }) => ({ ...entry, dated: !Number.isNaN(Date.parse(at)) })),
    ).to.deep.equal([
      { revision: 2, by: '127.0.0.1', what: 'opened: close', state: 'closed', dated: true },
      { revision: 3, by: '127.0.0.1', what: 'closed: open', state: 'opened', dated: true },
    ])
  })

  it('with general charts move by events', async () => {
    await service.make('door', door)
    const send = async (body: string, headers: Record<string, string> = {}): Promise<[number, unknown]> => {
      const answer = await service.ask('POST /machines/door/events', { body, headers })
      return [answer.status, ((await answer.json()) as { state?: string }).state]
    }
    expect(await send('{"event": "open", "state": "closed"}')).to.deep.equal([200, 'opened'])
    expect(await send('{"event": "open"}')).to.deep.equal([409, undefined])
    expect(await send('{"event": "close", "state": "closed"}')).to.deep.equal([409, undefined])
    expect(await send('{"event": "close"}', { 'if-match': '"0"' })).to.deep.equal([412, undefined])
    expect(await send('{"event": "break"}', { 'idempotency-key': 'k' })).to.deep.equal([200, 'broken'])
    expect(await send('{"event": "break"}', { 'idempotency-key': 'k' })).to.deep.equal([200, 'broken'])
    expect(await send('{"event": "close"}')).to.deep.equal([409, undefined])
    for (const body of ['', '{}', 'null', '{"event": 1}', '{"event": "open", "state": 1}', '{'])
      expect(await send(body), body).to.deep.equal([400, undefined])
  })

  it('are removed with their files', async () => {
    await service.make('a', colours)
    expect(existsSync(join(service.directory, 'a.yaml'))).to.equal(true)
    expect(await service.status('DELETE /machines/a')).to.equal(204)
    expect(await service.status('DELETE /machines/a')).to.equal(404)
    expect(existsSync(join(service.directory, 'a.yaml'))).to.equal(false)
    await service.make('a', door)
    expect(await service.status('GET /machines/a/state?state=closed')).to.equal(200)
  })

  it('that are kept in their chart are not removed', async () => {
    await service.stop()
    await service.start(colours)
    expect(await service.status('DELETE /machines/default')).to.equal(409)
    expect(await service.status('GET /state?state=green_state')).to.equal(200)
  })
})

describe('a service that cannot write', () => {
  it('answers changes with 503 and tells the log why, once for many, and goes on when it can', async () => {
    const service = await new TestService().start()
    await service.make('a', colours)
    rmSync(service.directory, { recursive: true })
    for (let i = 0; i < 3; i++) {
      const answer = await service.ask('PUT /machines/a/state?state=green_state')
      expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([503, '1'])
      expect(await answer.text())
        .to.contain('cannot keep')
        .and.contain('ENOENT')
    }
    expect(service.warnings.join()).to.match(/^cannot keep .*a\.yaml: ENOENT[^,]*, open '[^']*'$/)
    mkdirSync(service.directory)
    expect(await service.status('PUT /machines/a/state?state=green_state')).to.equal(200)
    expect((await service.read<SeenMachine>('GET /machines/a')).revision).to.equal(1)
    await service.remove()
  })
})

describe('a service that stops under load', () => {
  it('tells everybody who was counted, and nobody else', async () => {
    const service = await new TestService().start(colours.replace('value: 2', 'value: 100000'))
    const told: number[] = []
    const work = async (): Promise<void> => {
      for (let status = 200; status === 200; ) {
        status = await service.status('PUT /state?state=green_state').catch(() => 0)
        told.push(status)
      }
    }
    const workers = Array.from({ length: 16 }, work)
    await until(() => told.length > 100)
    await service.stop()
    await Promise.all(workers)
    await service.start()
    const { revision } = await service.read<SeenMachine>('GET /machines/default')
    expect(told.filter((status) => status === 200).length).to.equal(revision)
    expect(told.filter((status) => ![200, 503, 0].includes(status))).to.deep.equal([])
    await service.remove()
  })
})

describe('the pages of others', () => {
  it('change nothing, by whatever name they come', async () => {
    const service = await new TestService().start(colours)
    const { host } = new URL(service.url)
    const from = (origin: string, name = host): Promise<number> =>
      new Promise((done, failed) => {
        const options = { method: 'PUT', headers: { origin, host: name } }
        request(`${service.url}/state?state=green_state`, options, (answer) => {
          answer.resume()
          done(answer.statusCode ?? 0)
        })
          .on('error', failed)
          .end()
      })
    for (const origin of ['https://elsewhere.example', 'null', `http://${host.replace('127', '128')}`])
      expect(await from(origin), origin).to.equal(403)
    expect(await from('http://rebound.example:5000', 'rebound.example:5000')).to.equal(403)
    expect(await from(service.url)).to.equal(200)
    await service.remove()
  })
})

describe('the tokens of a service', () => {
  let service: TestService
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
  beforeEach(async () => {
    service = await new TestService({ chef: 'word-of-chef', ops: 'word-of-ops' }).start(colours)
  })
  afterEach(() => service.remove())

  it('are asked for by every change, and by nothing else', async () => {
    for (const what of [
      'PUT /state?state=green_state',
      'POST /machines?name=a',
      'DELETE /machines/default',
      'PUT /machines/default/state?state=green_state',
      'POST /machines/default/events',
    ]) {
      expect(await service.status(what), what).to.equal(401)
      expect(await service.status(what, bearer('word-of-cheff')), what).to.equal(401)
    }
    expect(await service.status('GET /state?state=green_state')).to.equal(200)
  })

  it('have names, which the history tells', async () => {
    expect(await service.status('PUT /state?state=green_state', bearer('word-of-chef'))).to.equal(200)
    expect(await service.status('PUT /state?state=green_state', bearer('word-of-ops'))).to.equal(200)
    const { history } = await service.read<SeenHistory>('GET /machines/default/history')
    expect(history.map(({ by }) => by)).to.deep.equal(['chef', 'ops'])
  })
})
