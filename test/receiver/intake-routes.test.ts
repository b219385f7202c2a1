import { expect } from 'chai'
import { makeSender, TestReceiver } from './receivers.ts'

type Seen = {
  readonly id: string
  readonly app: string
  readonly instance: string
  readonly state: string
  readonly reason: string
  readonly stats: unknown
  readonly missing: number
}

describe('what is reported to the receiver', () => {
  let receiver: TestReceiver
  beforeEach(async () => {
    receiver = await new TestReceiver().start()
  })
  afterEach(() => receiver.remove())
  const seen = (id: string): Promise<Seen> => receiver.read(`GET /v1/instances/${id}`)

  it('makes the instance with its first event, as one event, a batch or one a line', async () => {
    const one = makeSender('a')
    expect(await receiver.answerTo(one.entered('BOOT'))).to.deep.equal([200, { kept: 1, duplicates: 0 }])
    const two = makeSender('b', { instance: 'web-2' })
    const batch = [two.entered('BOOT'), two.entered('UP', 'warm')]
    expect(await receiver.answerTo(batch)).to.deep.equal([200, { kept: 2, duplicates: 0 }])
    const three = makeSender('c', { instance: 'web-3' })
    const lines = [three.entered('UP'), three.pushed({ load: 2 })].map((event) => JSON.stringify(event))
    const headers = { 'content-type': 'application/x-ndjson' }
    expect(await receiver.status('POST /v1/events', { headers, body: `${lines.join('\n')}\n\n` })).to.equal(
      200,
    )
    const { instances } = await receiver.read<{ instances: Seen[] }>('GET /v1/instances')
    expect(instances.map(({ id, state, reason }) => `${id} ${state} ${reason}`).toSorted()).to.deep.equal([
      'shop:web-1 BOOT ',
      'shop:web-2 UP warm',
      'shop:web-3 UP ',
    ])
    expect((await seen('shop:web-3')).stats).to.deep.equal({ load: 2 })
  })

  it('counts once however often it is sent, whole or in part', async () => {
    const boot = makeSender('a')
    const [first, second] = [boot.entered('BOOT'), boot.entered('UP')]
    await receiver.report(first)
    expect(await receiver.answerTo([first, second])).to.deep.equal([200, { kept: 1, duplicates: 1 }])
    expect(await receiver.answerTo(second)).to.deep.equal([200, { kept: 0, duplicates: 1 }])
    const { events } = await receiver.read<{ events: object[] }>('GET /v1/events')
    expect(events).to.have.length(2)
  })

  it('counts by its sequence, in whatever order it arrives; what never came is counted', async () => {
    const boot = makeSender('a')
    const [booted, lost, up] = [boot.entered('BOOT'), boot.entered('WARMUP'), boot.entered('UP')]
    await receiver.report(up)
    expect(await seen('shop:web-1')).to.include({ state: 'UP', missing: 2 })
    await receiver.report(booted)
    expect(await seen('shop:web-1')).to.include({ state: 'UP', missing: 1 })
    await receiver.report(lost)
    expect(await seen('shop:web-1')).to.include({ state: 'UP', missing: 0 })
  })

  it('is answered for each event of a batch: what is wrong with one does not take the others with it', async () => {
    const boot = makeSender('a')
    const [first, second] = [boot.entered('BOOT'), boot.entered('UP')]
    const bad = { ...boot.entered('UP'), time: 'yesterday' }
    await receiver.report(first)
    expect(await receiver.answerTo([first, bad, second, 7])).to.deep.equal([
      200,
      {
        ...{ kept: 1, duplicates: 1 },
        refused: [
          { event: 2, id: 'a-3', message: 'time must be a time as ISO 8601' },
          { event: 4, id: null, message: 'a CloudEvent is a JSON object' },
        ],
      },
    ])
    const headers = { 'content-type': 'application/x-ndjson' }
    const third = boot.entered('RESTARTING')
    const answer = await receiver.ask('POST /v1/events', { headers, body: `{\n\n${JSON.stringify(third)}\n` })
    expect([answer.status, await answer.json()]).to.deep.equal([
      200,
      { kept: 1, duplicates: 0, refused: [{ event: 1, id: null, message: 'it is no JSON' }] },
    ])
    expect(await seen('shop:web-1')).to.include({ state: 'RESTARTING' })
  })

  it('is refused when nothing of it can be kept; what is wrong is named', async () => {
    const bad = { ...makeSender('a').entered('UP'), time: 'yesterday' }
    const refused = (message: string) => [400, { error: { code: 'bad-event', message } }] as const
    expect(await receiver.answerTo(bad)).to.deep.equal(refused('time must be a time as ISO 8601'))
    expect(await receiver.answerTo([bad])).to.deep.equal(refused('event 1: time must be a time as ISO 8601'))
    const headers = { 'content-type': 'application/x-ndjson' }
    const answer = await receiver.ask('POST /v1/events', { headers, body: '\n{' })
    expect([answer.status, await answer.json()]).to.deep.equal(refused('line 1: it is no JSON'))
    const none = await receiver.ask('POST /v1/events', { body: '{' })
    expect([none.status, await none.json()]).to.deep.equal(refused('the body is no JSON'))
    expect(await receiver.answerTo([])).to.deep.equal([200, { kept: 0, duplicates: 0 }])
    expect(await receiver.read('GET /v1/instances')).to.deep.equal({ instances: [] })
  })

  it('may be as plain as curl makes it: a state, and stats', async () => {
    // what curl -d sends unless told otherwise
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const report = (what: string, body: string) => receiver.status(what, { headers, body })
    expect(await report('POST /v1/instances/backup/state', 'WARMUP')).to.equal(200)
    expect(await report('POST /v1/instances/backup/state?reason=done', 'UP\n')).to.equal(200)
    expect(await report('POST /v1/instances/backup/stats', '{"rows": 7}')).to.equal(200)
    expect(await seen('backup')).to.include({ state: 'UP', reason: 'done', app: '' })
    expect((await seen('backup')).stats).to.deep.equal({ rows: 7 })
    expect(await report('POST /v1/instances/web-1/state?app=shop', 'UP')).to.equal(200)
    expect(await seen('shop:web-1')).to.include({ state: 'UP', app: 'shop' })
    expect(await report('POST /v1/instances/backup/state', 'not a state')).to.equal(400)
    expect(await report('POST /v1/instances/backup/stats', 'rows=7')).to.equal(400)
    expect(await report('POST /v1/instances/backup/stats?interval=soon', '{}')).to.equal(400)
  })

  it('counts once as plain as that too, with an idempotency key', async () => {
    const headers = { 'idempotency-key': 'night-7' }
    const ask = { headers, body: 'UP' }
    const answers = [
      await receiver.ask('POST /v1/instances/backup/state', ask),
      await receiver.ask('POST /v1/instances/backup/state', ask),
    ]
    expect(await Promise.all(answers.map((answer) => answer.json()))).to.deep.equal([
      { kept: 1, duplicates: 0 },
      { kept: 0, duplicates: 1 },
    ])
  })

  it('is not taken from a web page that somebody reads, as long as there is no key', async () => {
    const answer = await fetch(`${receiver.url}/v1/instances/web-1/state`, {
      method: 'POST',
      body: 'UP',
      headers: { origin: 'http://evil.example' },
    })
    expect([answer.status, await answer.text()]).to.deep.equal([
      403,
      '{"error":{"code":"other-origin","message":"without a key no web page may report"}}',
    ])
  })

  it('may come from an instance of any name', async () => {
    for (const instance of ['a/b', '10.0.0.1:8080', 'žluťoučký 🐳', '50%', '%3A', 'a:b']) {
      for (const app of ['shop', 'my app:1', '']) {
        const { id } = await reportAs(receiver, app, instance)
        expect(await seen(id)).to.include({ id, app, instance })
        // and so it may be asked for by who encodes whatever stands in a path
        expect(await seen(encodeURIComponent(id))).to.include({ id, app, instance })
      }
    }
  })

  it('is answered with 503 when the disk is full; nothing of it is kept, and what was kept is read on', async () => {
    await receiver.remove()
    receiver = await new TestReceiver({ pages: 20 }).start()
    const boot = makeSender('a')
    await receiver.report(boot.entered('UP'))
    const big = Array.from({ length: 50 }, () => boot.pushed({ text: 'x'.repeat(5000) }))
    const answer = await receiver.report(big)
    expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([503, '5'])
    expect(await answer.text()).to.contain('database or disk is full')
    expect(receiver.warnings.join('\n')).to.match(/cannot write .*fleet\.db: database or disk is full/)
    expect(await seen('shop:web-1')).to.include({ state: 'UP', missing: 0 })
    expect(await receiver.answerTo(boot.pushed({}))).to.deep.equal([200, { kept: 1, duplicates: 0 }])
  })
})

/** Reports a state of an instance, and gives it as the list has it. */
async function reportAs(receiver: TestReceiver, app: string, instance: string): Promise<Seen> {
  const boot = makeSender(`${app} ${instance}`, { app, instance })
  expect((await receiver.report(boot.entered('UP'))).status).to.equal(200)
  const { instances } = await receiver.read<{ instances: Seen[] }>('GET /v1/instances')
  const found = instances.find((one) => one.app === app && one.instance === instance)
  if (!found) throw new Error(`${app} ${instance} is not listed`)
  return found
}
