import { expect } from 'chai'
import { makeSender, TestReceiver } from './receivers.ts'

type Alerts = {
  groups: { rule: string; summary: string; ids: string[] }[]
  alerts: { id: string; status: string; muted: boolean; url: string; reason: string }[]
  mutes: { id: string; app: string; until: string }[]
}

const json = { 'content-type': 'application/json' }

describe('the alerts of a receiver', () => {
  let receiver: TestReceiver
  before(async () => {
    receiver = new TestReceiver()
    // kept before it starts looking, so that the first look finds it
    await receiver.start()
    await receiver.report(makeSender('a').entered('ERROR', 'no disk'))
    await receiver.stop()
    await receiver.start()
  })
  after(() => receiver.remove())
  const read = () => receiver.read<Alerts>('GET /v1/alerts')
  const mute = (body: object, headers: Record<string, string> = json) =>
    receiver.ask('POST /v1/mutes', { headers, body: JSON.stringify(body) })

  it('are shown with the usual rules, by cause, with a link to the page', async () => {
    const { groups, alerts, mutes } = await read()
    expect(groups).to.have.length(1)
    expect(groups[0]).to.deep.include({
      ...{ rule: 'error', summary: 'shop web-1: ERROR on host a', ids: ['shop:web-1'] },
    })
    expect(alerts[0]).to.include({ id: 'shop:web-1', status: 'firing', muted: false, reason: 'no disk' })
    expect(alerts[0]?.url).to.equal(`${receiver.url}/#/instances/shop:web-1`)
    expect(mutes).to.deep.equal([])
  })

  it('are muted by whoever may read, through a restart, until somebody ends it', async () => {
    const answer = await mute({ app: 'shop', for: '2h', reason: 'new disk' })
    expect(answer.status).to.equal(201)
    const { id } = (await answer.json()) as { id: string }
    await receiver.stop()
    await receiver.start()
    const { alerts, mutes } = await read()
    expect(alerts[0]?.muted).to.equal(true)
    expect(mutes.map((one) => one.id)).to.deep.equal([id])
    expect(await receiver.status(`DELETE /v1/mutes/${id}`)).to.equal(204)
    expect((await read()).alerts[0]?.muted).to.equal(false)
  })

  it('are not muted by what is wrong: the answer names it', async () => {
    const answer = await mute({ app: 'shop', for: 'ever' })
    expect(answer.status).to.equal(400)
    expect(await answer.json()).to.deep.equal({
      error: { code: 'bad-mute', message: '"for" must be a duration such as 30m, 2h or 1d' },
    })
    expect((await mute({ app: 'shop', for: '2h' }, { 'content-type': 'text/plain' })).status).to.equal(415)
    expect((await read()).mutes).to.deep.equal([])
  })

  it('are not muted by everybody where everybody may read but not report', async () => {
    const key = 'a-key-for-reporting'
    const guarded = await new TestReceiver({ keys: [key] }).start()
    const body = JSON.stringify({ app: 'shop', for: '1h' })
    try {
      expect(await guarded.status('GET /v1/alerts')).to.equal(200)
      expect(await guarded.status('POST /v1/mutes', { headers: json, body })).to.equal(401)
      const headers = { ...json, authorization: `Bearer ${key}` }
      expect(await guarded.status('POST /v1/mutes', { headers, body })).to.equal(201)
    } finally {
      await guarded.remove()
    }
  })
})
