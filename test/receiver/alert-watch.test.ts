import { expect } from 'chai'
import type { AlertMessage } from '../../ww/receiver/alert-message.ts'
import type { AlertSettings } from '../../ww/receiver/alert-rules.ts'
import { usualPace } from '../../ww/receiver/alert-sender.ts'
import { AlertWatch } from '../../ww/receiver/alert-watch.ts'
import type { FleetChange } from '../../ww/receiver/fleet.ts'
import type { InstanceView } from '../../ww/receiver/model.ts'
import { MuteList } from '../../ww/receiver/mute-list.ts'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { until } from '../helpers/until.ts'
import { VirtualClock } from '../helpers/virtual-clock.ts'
import { makeLost, makeView } from './views.ts'

const minute = 60_000
const condition = { kind: 'status', is: ['LOST'] } as const
const rules = [{ name: 'lost', condition, app: null, hold: minute, resolve: minute }]

describe('the watch over the fleet', () => {
  let server: MisbehavingServer
  let clock: VirtualClock
  let views: readonly InstanceView[] = []
  let tellChange: (change: FleetChange) => void = () => {}
  /** The fleet is this now. */
  const show = (next: readonly InstanceView[]): void => {
    const gone = views.filter(({ id }) => !next.some((view) => view.id === id)).map(({ id }) => id)
    views = next
    tellChange({ changed: new Set(next.map(({ id }) => id)), gone: new Set(gone) })
  }
  let kept: Map<string, string>
  let failing: Error | null
  let warnings: string[]
  let watch: AlertWatch
  let leads: boolean
  let unsure: boolean
  const place = (name: string) => ({
    read: async (): Promise<unknown> => JSON.parse(kept.get(name) ?? 'null'),
    async write(value: unknown) {
      if (failing) throw failing
      kept.set(name, JSON.stringify(value))
    },
  })
  const open = async (): Promise<void> => {
    const settings: AlertSettings = {
      ...{ rules, webhooks: [{ url: server.url, secret: null }], page: null, gather: 30_000 },
    }
    watch = await AlertWatch.open(settings, {
      fleet: {
        views: () => [...views],
        view: (id) => views.find((view) => view.id === id) ?? null,
        watch(listener) {
          tellChange = listener
          return () => {}
        },
      },
      clock,
      leads: async () => {
        if (unsure) throw new Error('the database is away')
        return leads
      },
      places: { alerts: place('alerts'), mutes: place('mutes') },
      sendPace: { ...usualPace, backoff: 5, backoffMax: 20 },
      warn: (line) => void warnings.push(line),
    })
    watch.start('http://fleet')
  }
  const restart = async (): Promise<void> => {
    await watch.close()
    await open()
  }
  /** What was told of and taken, once there is so much of it. */
  const told = async (count: number): Promise<string[]> => {
    const taken = () => server.received.filter(({ answer }) => answer === 204)
    await until(() => taken().length >= count, 'the webhook is told')
    return taken().map(({ body }) => (JSON.parse(body) as AlertMessage).text.split(/[,\n(]/)[0]?.trim() ?? '')
  }
  beforeEach(async () => {
    server = await new MisbehavingServer().start()
    clock = new VirtualClock()
    show([makeView('web-1'), makeView('web-2')])
    kept = new Map()
    failing = null
    leads = true
    unsure = false
    warnings = []
    await open()
  })
  afterEach(async () => {
    await watch.close()
    await server.stop()
  })

  it('tells of what begins and of what is over, with since when and a link to the instance', async () => {
    show([makeLost('web-1', { reason: 'warm' }, 900_000)])
    await clock.advance(2 * minute)
    expect(await told(1)).to.deep.equal(['shop web-1: LOST on host a'])
    const message = JSON.parse(server.received[0]?.body ?? '') as AlertMessage
    expect(message.text).to.equal(
      'shop web-1: LOST on host a, since 1970-01-01T00:15:00.000Z\n(warm) http://fleet/#/instances/shop:web-1',
    )
    expect(message.type).to.equal('whaleware.alert')
    expect(message.data).to.include({ status: 'firing', rule: 'lost', count: 1 })
    expect(message.data.instances[0]).to.include({
      ...{ id: 'shop:web-1', since: '1970-01-01T00:15:00.000Z' },
      ...{ url: 'http://fleet/#/instances/shop:web-1' },
    })
    show([makeView('web-1')])
    await clock.advance(2 * minute)
    expect((await told(2))[1]).to.equal('Resolved: shop web-1: LOST on host a')
  })

  it('waits for what has the same cause, and tells it once', async () => {
    for (let i = 1; i <= 12; i++) {
      show(Array.from({ length: i }, (_, n) => makeLost(`${n}`, { host: 'A' })))
      await clock.advance(2000)
    }
    await clock.advance(2 * minute)
    expect(await told(1)).to.deep.equal(['12 instances LOST'])
    expect(server.received[0]?.body).to.include('12 instances LOST, all on host A')
    await clock.advance(10 * minute)
    expect(server.received.length).to.equal(1)
  })

  it('tells nobody what is muted, until the mute ends', async () => {
    expect(await watch.mutes.add({ host: 'a', for: '10m' })).to.be.an('object')
    show([makeLost('web-1')])
    await clock.advance(5 * minute)
    expect(watch.alerts().map(({ status, told }) => [status, told])).to.deep.equal([['firing', null]])
    await clock.advance(6 * minute)
    expect(await told(1)).to.deep.equal(['shop web-1: LOST on host a'])
  })

  it('tells that something is over even when it was muted meanwhile', async () => {
    show([makeLost('web-1')])
    await clock.advance(2 * minute)
    await told(1)
    await watch.mutes.add({ app: 'shop', for: '1h' })
    show([makeView('web-1')])
    await clock.advance(2 * minute)
    expect((await told(2))[1]).to.equal('Resolved: shop web-1: LOST on host a')
  })

  it('keeps its mutes through a restart, and whatever the instances say', async () => {
    await watch.mutes.add({ instance: 'web-1', for: '1h' })
    await restart()
    for (let i = 0; i < 5; i++) {
      show([i % 2 ? makeView('web-1') : makeLost('web-1')])
      await clock.advance(3 * minute)
    }
    expect(server.received).to.deep.equal([])
    const [mute] = watch.mutes.current()
    expect(await watch.mutes.remove(mute?.id ?? '')).to.equal(true)
    expect(await watch.mutes.remove(mute?.id ?? '')).to.equal(false)
    await restart()
    expect(watch.mutes.current()).to.deep.equal([])
  })

  it('heeds a mute that another receiver was asked for, and keeps it beside its own', async () => {
    const other = new MuteList(place('mutes'), () => clock.now())
    await other.add({ rule: 'lost', for: '10m' })
    await Promise.all([watch.mutes.add({ app: 'a', for: '1h' }), watch.mutes.add({ app: 'b', for: '1h' })])
    show([makeLost('web-1')])
    await clock.advance(5 * minute)
    expect(watch.mutes.current().map(({ rule, app }) => rule ?? app)).to.deep.equal(['lost', 'a', 'b'])
    expect(server.received).to.deep.equal([])
  })

  it('tells nothing twice after a restart', async () => {
    show([makeLost('web-1')])
    await clock.advance(2 * minute)
    await told(1)
    await restart()
    await clock.advance(10 * minute)
    expect(watch.alerts().map(({ status }) => status)).to.deep.equal(['firing'])
    expect(server.received.length).to.equal(1)
  })

  it('tells after a restart what it could not tell before', async () => {
    await server.stop()
    show([makeLost('web-1')])
    await clock.advance(2 * minute)
    await until(() => warnings.length > 0)
    await restart()
    await server.start()
    expect(await told(1)).to.deep.equal(['shop web-1: LOST on host a'])
  })

  it('begins anew to count how long something holds: its own absence is nobody’s fault', async () => {
    show([makeLost('web-1')])
    await clock.advance(minute / 2)
    await restart()
    await clock.advance(minute / 2 + 10_000)
    expect(watch.alerts()).to.deep.equal([])
  })

  it('goes on, and says so once, when its alerts cannot be kept', async () => {
    failing = new Error('the disk is full')
    show([makeLost('web-1')])
    await clock.advance(5 * minute)
    expect(await told(1)).to.deep.equal(['shop web-1: LOST on host a'])
    expect(warnings).to.deep.equal(['cannot keep alerts: the disk is full'])
    const refused = await watch.mutes.add({ app: 'shop', for: '1h' }).catch((error: unknown) => error)
    expect(refused).to.equal(failing)
    expect(watch.mutes.current()).to.deep.equal([])
    failing = null
    await clock.advance(10_000)
    await until(() => kept.get('alerts')?.includes('"firing"') === true, 'the alerts are kept after all')
  })

  it('tells nothing while another receiver leads, and goes on where that one ended', async () => {
    show([makeLost('web-1'), makeView('web-2')])
    await clock.advance(2 * minute)
    await told(1)
    const first = watch
    leads = false
    await open()
    show([makeLost('web-1'), makeLost('web-2', { host: 'b' })])
    await clock.advance(5 * minute)
    expect(watch.alerts().map(({ status, id }) => [id, status])).to.deep.equal([
      ['shop:web-1', 'firing'],
      ['shop:web-2', 'firing'],
    ])
    expect(server.received.length, 'neither leads').to.equal(1)
    await first.close()
    leads = true
    await clock.advance(minute)
    expect((await told(2))[1], 'of what was not told before').to.equal('shop web-2: LOST on host b')
    await clock.advance(5 * minute)
    expect(server.received.length).to.equal(2)
  })

  it('goes on telling while nobody can say who leads', async () => {
    await clock.advance(minute)
    unsure = true
    show([makeLost('web-1')])
    await clock.advance(2 * minute)
    expect(await told(1)).to.deep.equal(['shop web-1: LOST on host a'])
  })

  it('counts how it went with the webhooks', async () => {
    await server.stop()
    show([makeLost('web-1')])
    await clock.advance(2 * minute)
    await until(() => (watch.deliveries()[0]?.failed ?? 0) > 0, 'it has failed')
    await server.start()
    await told(1)
    await until(() => watch.deliveries()[0]?.delivered === 1, 'it is delivered')
  })
})
