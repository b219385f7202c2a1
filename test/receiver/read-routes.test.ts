import { expect } from 'chai'
import type { AppView, InstanceView } from '../../ww/receiver/model.ts'
import { makeSender, TestReceiver } from './receivers.ts'

type Events = { events: { position: number; id: string; at: string; kind: string }[]; last: number }
type Stats = { from: number; to: number; step: number; series: Record<string, [number, number][]> }

describe('what is read of the receiver', () => {
  let receiver: TestReceiver
  // a whole minute of an hour ago: no fixed date, which retention would reach one began
  const began = Math.floor(Date.now() / 60_000 - 60) * 60_000
  const boot = makeSender('a')
  const other = makeSender('b', { instance: 'db-1', app: 'database' })
  before(async () => {
    receiver = await new TestReceiver().start()
    const own = [boot.entered('BOOT', '', began), boot.entered('UP', 'warm', began + 1000)]
    await receiver.report([
      ...own,
      other.entered('BOOT', '', began),
      other.entered('ERROR', 'no disk', began),
    ])
    await receiver.report(
      [1, 2, 6].map((load, index) => boot.pushed({ cpu: { load } }, began + index * 5000)),
    )
  })
  after(() => receiver.remove())

  it('is every instance, or those of an app or a status', async () => {
    const list = async (query: string): Promise<string[]> => {
      const { instances } = await receiver.read<{ instances: InstanceView[] }>(`GET /v1/instances${query}`)
      return instances.map(({ id }) => id).toSorted()
    }
    expect(await list('')).to.deep.equal(['database:db-1', 'shop:web-1'])
    expect(await list('?app=shop')).to.deep.equal(['shop:web-1'])
    expect(await list('?status=ERROR')).to.deep.equal(['database:db-1'])
    expect(await list('?status=ERROR&app=shop')).to.deep.equal([])
  })

  it('is an instance with its times as ISO 8601, and the age of what is known of it', async () => {
    const view = await receiver.read<InstanceView>('GET /v1/instances/shop:web-1')
    expect(view).to.deep.include({
      ...{ state: 'UP', reason: 'warm', host: 'a', version: '1.2', configHash: '5f', interval: 30_000 },
      ...{ since: new Date(began + 1000).toISOString(), stats: { cpu: { load: 6 } }, missing: 0 },
    })
    expect(Date.parse(view.heardAt), 'later than it says it happened').to.be.within(
      began + 60_000,
      Date.now(),
    )
  })

  it('is an app with what of it has failed', async () => {
    const { apps } = await receiver.read<{ apps: AppView[] }>('GET /v1/apps')
    expect(apps.map(({ app, status, majorFailure }) => `${app} ${status} ${majorFailure}`)).to.deep.equal([
      'database STOPPED true',
      'shop RUNNING false',
    ])
  })

  it('is every event after a position, and where to go on', async () => {
    const all = await receiver.read<Events>('GET /v1/events')
    expect(all.events.map(({ id }) => id)).to.deep.equal(['a-1', 'a-2', 'b-1', 'b-2', 'a-3', 'a-4', 'a-5'])
    expect(all.events[0]).to.include({ at: new Date(began).toISOString(), kind: 'lifecycle' })
    const first = await receiver.read<Events>('GET /v1/events?limit=3')
    const rest = await receiver.read<Events>(`GET /v1/events?after=${first.last}`)
    expect([...first.events, ...rest.events]).to.deep.equal(all.events)
    expect(await receiver.read(`GET /v1/events?after=${rest.last}`)).to.deep.equal({
      ...{ events: [], last: rest.last },
    })
  })

  it('is the events of one instance, the newest first, page by page', async () => {
    const path = 'GET /v1/instances/shop:web-1/events'
    const first = await receiver.read<Events>(`${path}?limit=3`)
    expect(first.events.map(({ id }) => id)).to.deep.equal(['a-5', 'a-4', 'a-3'])
    const next = await receiver.read<Events>(`${path}?before=${first.events.at(-1)?.position}`)
    expect(next.events.map(({ id }) => id)).to.deep.equal(['a-2', 'a-1'])
    const states = await receiver.read<Events>(`${path}?kind=lifecycle&limit=1`)
    expect(states.events.map(({ kind }) => kind)).to.deep.equal(['lifecycle'])
    expect(await receiver.status(`${path}?kind=state`)).to.equal(400)
  })

  it('is the numbers of an instance over time, as means of each step', async () => {
    const asked = `from=${began}&to=${began + 20_000}&step=10000`
    const stats = await receiver.read<Stats>(`GET /v1/instances/shop:web-1/stats?${asked}`)
    expect(stats.series).to.deep.equal({
      'cpu.load': [
        [began, 1.5],
        [began + 10_000, 6],
      ],
    })
  })

  it('is the same after a restart', async () => {
    const paths = ['/v1/instances/shop:web-1', '/v1/apps', '/v1/events', '/v1/instances/shop:web-1/events']
    const readAll = () => Promise.all(paths.map((path) => receiver.read(`GET ${path}`)))
    const before = await readAll()
    await receiver.stop()
    await receiver.start()
    expect(await readAll()).to.deep.equal(before)
  })

  it('is metrics for Prometheus: the fleet, what was taken and what was refused', async () => {
    await receiver.report({})
    const answer = await receiver.ask('GET /metrics')
    expect(answer.headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/)
    const lines = (await answer.text()).split('\n')
    expect(lines).to.include('whaleware_fleet_instances{app="shop",status="UP"} 1')
    expect(lines).to.include('whaleware_fleet_stat{app="shop",instance="web-1",key="cpu.load"} 6')
    expect(lines).to.include('whaleware_receiver_refused_total{reason="bad-event"} 1')
    expect(lines.some((line) => /^whaleware_receiver_store_bytes [1-9]/.test(line))).to.equal(true)
  })

  it('is an error in words for what is not there', async () => {
    const error = async (what: string) => (await receiver.read<{ error: { code: string } }>(what)).error.code
    expect(await error('GET /v1/instances/nobody')).to.equal('no-instance')
    expect(await error('GET /v2')).to.equal('not-found')
    expect(await error('DELETE /v1/events')).to.equal('method-not-allowed')
    expect(await error('GET /v1/instances/shop:web-1/stats?step=0')).to.equal('bad-number')
  })
})
