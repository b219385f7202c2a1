import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ScheduleNotice } from '../../ww/hooks/channels.ts'
import { EventMaker } from '../../ww/notify/event.ts'
import { openNotifier } from '../../ww/notify/notifier.ts'
import { realLimit } from '../helpers/limits.ts'
import { fastNotify, testIdentity } from '../helpers/notify-settings.ts'
import { until } from '../helpers/until.ts'
import { TestReceiver } from './receivers.ts'

type Events = { events: Record<string, unknown>[] }
type View = { state: string; missing: number; since: string }

const entered = { previous: null, reason: 'started', attempt: 0, previousMs: 0, at: 1000 } as const
const service = {
  ...{ service: 'serve-php', state: 'failed', previous: 'ready', reason: 'exited with code 1' },
  ...{ restarts: 4, pid: null, at: 2000 },
}
const schedule: ScheduleNotice = {
  hook: 'backup',
  result: 'failed',
  ...{ reason: 'exited with code 3', ms: 12, nextAt: 60_000, at: 3000 },
}

describe('the types of events', () => {
  let receiver: TestReceiver
  let maker: EventMaker
  beforeEach(async () => {
    receiver = await new TestReceiver().start()
    maker = new EventMaker({ ...testIdentity('b'), app: 'shop' }, 30_000)
  })
  afterEach(() => receiver.remove())
  const listKind = async (kind: string): Promise<Events['events']> =>
    (await receiver.read<Events>(`GET /v1/instances/shop:one/events?kind=${kind}`)).events
  const view = (): Promise<View> => receiver.read('GET /v1/instances/shop:one')

  it('of services and schedules are stored and listed by kind, and change no state of the instance', async () => {
    const events = [
      maker.lifecycle({ ...entered, state: 'UP' }),
      maker.service(service),
      maker.schedule(schedule),
    ]
    expect(await receiver.answerTo(events)).to.deep.equal([200, { kept: 3, duplicates: 0 }])
    expect(await receiver.answerTo(events)).to.deep.equal([200, { kept: 0, duplicates: 3 }])
    expect(await view()).to.include({ state: 'UP', reason: 'started', missing: 0 })
    const [one] = await listKind('service')
    expect(one).to.include({
      ...{ kind: 'service', service: 'serve-php', state: 'failed', previous: 'ready' },
      ...{ reason: 'exited with code 1', restarts: 4, pid: null, at: '1970-01-01T00:00:02.000Z', id: 'b-2' },
    })
    const [other] = await listKind('schedule')
    expect(other).to.include({
      ...{ kind: 'schedule', hook: 'backup', result: 'failed', reason: 'exited with code 3', ms: 12 },
      ...{ nextAt: '1970-01-01T00:01:00.000Z', at: '1970-01-01T00:00:03.000Z' },
    })
    const all = await receiver.read<Events>('GET /v1/instances/shop:one/events')
    expect(all.events.map(({ kind }) => kind)).to.deep.equal(['schedule', 'service', 'lifecycle'])
  })

  it('of services say nothing of the state of an instance that is not known yet', async () => {
    await receiver.report(maker.service(service))
    expect(await view()).to.include({ state: 'UNKNOWN', missing: 0 })
    await receiver.report(maker.stats(4000, 'UP', { load: 1 }))
    expect(await view()).to.include({ state: 'UP' })
    await receiver.report(maker.lifecycle({ ...entered, state: 'RESTARTING', at: 5000 }))
    expect(await view()).to.include({ state: 'RESTARTING' })
  })

  for (const [what, change, message] of [
    ['a service without a name', { service: '' }, 'data.service must be a text of 1 to 200 characters'],
    [
      'a service with a number for its state',
      { state: 7 },
      'data.state must be a text of 1 to 200 characters',
    ],
    ['a negative pid', { pid: -1 }, 'data.pid must be a whole number or null'],
    ['half a restart', { restarts: 0.5 }, 'data.restarts must be a whole number'],
    ['no sequence', { sequence: 0 }, 'data.sequence must be a whole number from 1'],
  ] as const)
    it(`refuse ${what}`, async () => {
      const event = maker.service(service)
      const [status, json] = await receiver.answerTo({ ...event, data: { ...event.data, ...change } })
      expect([status, json]).to.deep.equal([400, { error: { code: 'bad-event', message } }])
    })

  for (const [what, change, message] of [
    ['a schedule without a hook', { hook: 7 }, 'data.hook must be a text of 1 to 200 characters'],
    ['no result', { result: null }, 'data.result must be a text of 1 to 200 characters'],
    ['negative milliseconds', { ms: -1 }, 'data.ms must be milliseconds, or null'],
    ['a next time that is none', { nextAt: 'soon' }, 'data.nextAt must be a time as ISO 8601, or null'],
    ['a next time in milliseconds', { nextAt: 5 }, 'data.nextAt must be a time as ISO 8601, or null'],
  ] as const)
    it(`refuse ${what}`, async () => {
      const event = maker.schedule(schedule)
      const [status, json] = await receiver.answerTo({ ...event, data: { ...event.data, ...change } })
      expect([status, json]).to.deep.equal([400, { error: { code: 'bad-event', message } }])
    })

  describe('that the receiver does not know', () => {
    const unknown = (data: object = {}, more: object = {}) => {
      const event = maker.service(service)
      return {
        ...event,
        type: 'whaleware.weather',
        data: { ...testIdentity('b'), app: 'shop', ...data },
        ...more,
      }
    }

    it('are stored as they are, with their type and what they say', async () => {
      const event = unknown({ sequence: 1, interval: null, wind: { force: 9 } })
      expect(
        await receiver.answerTo([maker.lifecycle({ ...entered, state: 'UP' }), { ...event, id: 'b-x' }]),
      ).to.deep.equal([200, { kept: 2, duplicates: 0 }])
      const [other] = await listKind('other')
      expect(other).to.deep.include({
        kind: 'other',
        type: 'whaleware.weather',
        data: { wind: { force: 9 } },
      })
    })

    it('are acknowledged when they name no instance, boot or sequence: there is nothing to store them by', async () => {
      const { data: _, ...bare } = unknown()
      for (const event of [
        unknown(),
        unknown({ sequence: 0 }),
        bare,
        { ...bare, data: 'text' },
        unknown({ instance: 7 }),
      ])
        expect(await receiver.answerTo(event)).to.deep.equal([200, { kept: 0, duplicates: 0, ignored: 1 }])
      expect(await receiver.read('GET /v1/instances')).to.deep.equal({ instances: [] })
    })

    it('need no time, which is that of their arrival then', async () => {
      const { time: _, ...event } = unknown({ sequence: 3 })
      expect((await receiver.answerTo(event))[0]).to.equal(200)
      const [other] = await listKind('other')
      expect(Date.parse(String(other?.at))).to.be.within(Date.now() - 60_000, Date.now())
    })

    it('are refused where they are no CloudEvents, or nested too deeply', async () => {
      const deep = JSON.parse(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`)
      for (const event of [
        unknown({}, { specversion: '0.3' }),
        unknown({}, { id: '' }),
        unknown({}, { type: '' }),
        unknown({}, { type: 7 }),
        unknown({ sequence: 1 }, { time: 'yesterday' }),
        unknown({ sequence: 1, deep }),
      ])
        expect((await receiver.answerTo(event))[0], JSON.stringify(event).slice(0, 200)).to.equal(400)
    })
  })
})

describe('an instance and a receiver of different versions', () => {
  /** A receiver of the version before services and schedules were reported, as it answers. */
  const startOld = async () => {
    const taken: string[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request.setEncoding('utf8')) body += chunk
      const { id, type } = JSON.parse(body)
      if (type !== 'whaleware.lifecycle' && type !== 'whaleware.stats') {
        const message = 'type must be "whaleware.lifecycle" or "whaleware.stats"'
        response.writeHead(400).end(JSON.stringify({ error: { code: 'bad-event', message } }))
      } else {
        taken.push(id)
        response.writeHead(200).end('{"kept":1,"duplicates":0}')
      }
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as AddressInfo
    return { taken, server, url: `http://127.0.0.1:${port}/v1/events` }
  }

  it('lose no state where the instance is newer: what the receiver refuses is dropped with a warning', async () => {
    const old = await startOld()
    const root = mkdtempSync(join(tmpdir(), 'ww-versions-'))
    const lines: string[] = []
    const log = {
      info: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(line),
    }
    const settings = {
      notify: { ...fastNotify, url: old.url },
      identity: testIdentity('b'),
      interval: 30_000,
    }
    const notifier = openNotifier(settings, { path: root, shared: null }, log)
    try {
      notifier.lifecycle({ ...entered, state: 'BOOT' })
      for (let i = 0; i < 3; i++) {
        notifier.service(service)
        notifier.schedule(schedule)
        notifier.stats('{}', 'UP')
      }
      notifier.lifecycle({ ...entered, state: 'STOPPED' })
      await notifier.flush(realLimit(60_000))
      expect(old.taken).to.deep.equal(['b-1', 'b-4', 'b-7', 'b-10', 'b-11'])
      const host = new URL(old.url).host
      expect(lines.map((line) => line.replace(/HTTP.*;/, '…;'))).to.deep.equal([
        `${host} refuses service events: …; they are dropped`,
        `${host} refuses schedule events: …; they are dropped`,
      ])
    } finally {
      notifier.close()
      old.server.close()
      rmSync(root, { recursive: true })
    }
  })

  it('understand each other where the receiver is newer', async () => {
    const receiver = await new TestReceiver().start()
    try {
      const data = {
        ...{ app: 'shop', instance: 'web-1', version: '1.2', bootId: 'old', labels: {}, configHash: '5f' },
        ...{ sequence: 1, interval: 30_000, state: 'UP', previous: 'WARMUP', reason: 'monitor passed' },
        ...{ attempt: 0, previousMs: 5 },
      }
      const event = {
        ...{ specversion: '1.0', id: 'old-1', source: '/whaleware/shop/web-1', type: 'whaleware.lifecycle' },
        ...{ subject: 'web-1', time: '2026-11-26T06:29:27.131Z', datacontenttype: 'application/json', data },
      }
      const stats = { ...event, id: 'old-2', type: 'whaleware.stats' }
      const pushed = { ...stats, data: { ...data, sequence: 2, stats: { load: 1 } } }
      expect(await receiver.answerTo(event)).to.deep.equal([200, { kept: 1, duplicates: 0 }])
      expect(await receiver.answerTo(pushed)).to.deep.equal([200, { kept: 1, duplicates: 0 }])
      const view = await receiver.read<View>('GET /v1/instances/shop:web-1')
      expect(view).to.deep.include({ state: 'UP', reason: 'monitor passed', missing: 0, stats: { load: 1 } })
    } finally {
      await receiver.remove()
    }
  })

  it('understand each other where both are of this version', async () => {
    const receiver = await new TestReceiver().start()
    const root = mkdtempSync(join(tmpdir(), 'ww-versions-'))
    const notify = { ...fastNotify, url: `${receiver.url}/v1/events` }
    const settings = { notify, identity: testIdentity('b'), interval: 30_000 }
    const lines: string[] = []
    const log = {
      info: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(line),
    }
    const notifier = openNotifier(settings, { path: root, shared: null }, log)
    try {
      notifier.lifecycle({ ...entered, state: 'UP' })
      notifier.service(service)
      notifier.schedule(schedule)
      const kinds = async (): Promise<unknown[]> =>
        (await receiver.read<Events>('GET /v1/events')).events.map(({ kind }) => kind)
      await until(async () => (await kinds()).length === 3)
      expect(await kinds()).to.deep.equal(['lifecycle', 'service', 'schedule'])
      expect(lines).to.deep.equal([])
    } finally {
      notifier.close()
      await receiver.remove()
      rmSync(root, { recursive: true })
    }
  })
})
