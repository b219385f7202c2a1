import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import type { NotifySettings } from '../../ww/config/settings.ts'
import type { Announcement } from '../../ww/lifecycle/world.ts'
import { EventMaker } from '../../ww/notify/event.ts'
import { type Notifier, openNotifier } from '../../ww/notify/notifier.ts'
import { Outbox } from '../../ww/notify/outbox.ts'
import { realLimit } from '../helpers/limits.ts'
import { type Answer, MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { fastNotify, testIdentity } from '../helpers/notify-settings.ts'
import { until } from '../helpers/until.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const announcement: Announcement = {
  ...{ state: 'UP', previous: 'WARMUP', reason: 'ready', attempt: 0, previousMs: 5 },
  at: 1_700_000_000_000,
}

const service = {
  service: 'serve-php',
  state: 'failed',
  previous: 'ready',
  reason: '',
  restarts: 1,
  pid: null,
  at: 0,
}
const schedule = { hook: 'backup', result: 'skipped', reason: '', ms: null, nextAt: null, at: 0 } as const

describe('the notifier', () => {
  const server = new MisbehavingServer()
  const open: Notifier[] = []
  const lines: string[] = []
  let root = ''

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'ww-notifier-'))
    server.received.length = 0
    server.script = []
    lines.length = 0
    await server.start()
  })
  afterEach(async () => {
    for (const notifier of open.splice(0)) notifier.close()
    await server.stop()
    rmSync(root, { recursive: true })
  })

  const openAt = (bootId: string, changes: Partial<NotifySettings> = {}): Notifier => {
    const notify = { ...fastNotify, url: server.url, timeout: 300, backoffMax: 100, ...changes }
    const log = {
      info: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(line),
    }
    const settings = { notify, identity: testIdentity(bootId), interval: 30_000 }
    const notifier = openNotifier(settings, { path: root, shared: null }, log)
    open.push(notifier)
    return notifier
  }
  const ids = (bootId: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${bootId}-${i + 1}`)

  it('does nothing without a URL', async () => {
    const notifier = openAt('boot', { url: null })
    notifier.lifecycle(announcement)
    notifier.service(service)
    notifier.schedule(schedule)
    notifier.stats('{}', 'UP')
    await notifier.flush(realLimit(60_000))
    expect(readdirSync(root)).to.deep.equal([])
  })

  it('posts CloudEvents with who, what and when', async () => {
    openAt('boot').lifecycle(announcement)
    await until(() => server.received.length === 1)
    expect(server.received[0]?.headers['content-type']).to.equal('application/cloudevents+json')
    expect(JSON.parse(server.received[0]?.body ?? '')).to.deep.equal({
      specversion: '1.0',
      id: 'boot-1',
      source: '/whaleware/app/one',
      type: 'whaleware.lifecycle',
      subject: 'one',
      time: '2023-11-14T22:13:20.000Z',
      datacontenttype: 'application/json',
      data: {
        ...testIdentity('boot'),
        ...{ sequence: 1, interval: 30_000 },
        ...{ state: 'UP', previous: 'WARMUP', reason: 'ready', attempt: 0, previousMs: 5 },
      },
    })
  })

  it('posts services and schedules in their order among the others', async () => {
    const notifier = openAt('boot')
    notifier.lifecycle(announcement)
    notifier.service(service)
    notifier.stats('{}', 'UP')
    notifier.schedule(schedule)
    await notifier.flush(realLimit(60_000))
    const posted = server.received.map(({ body }) => JSON.parse(body))
    expect(posted.map(({ id, type }) => `${id} ${type}`)).to.deep.equal([
      'boot-1 whaleware.lifecycle',
      'boot-2 whaleware.service',
      'boot-3 whaleware.stats',
      'boot-4 whaleware.schedule',
    ])
  })

  it('signs as Standard Webhooks says, and sends its token', async () => {
    openAt('boot', { secret, token: 'open sesame' }).stats('{"load": 1}', 'UP')
    await until(() => server.received.length === 1)
    const { headers, body } = server.received[0] ?? { headers: {} as IncomingHttpHeaders, body: '' }
    expect(headers.authorization).to.equal('Bearer open sesame')
    expect(headers['webhook-id']).to.equal('boot-1')
    const verified = new Webhook(secret).verify(body, headers as Record<string, string>)
    expect(verified).to.have.nested.property('data.stats.load', 1)
  })

  it('posts no stats that are not a JSON object', async () => {
    const notifier = openAt('boot')
    for (const json of ['', '{"keys": }', '[1]', 'null', '5']) notifier.stats(json, 'UP')
    notifier.stats('{"load": 2}', 'UP')
    await notifier.flush(realLimit(60_000))
    expect(server.accepted).to.deep.equal(['boot-1'])
  })

  const troubles: [string, Answer[]][] = [
    ['responds with 500', [500, 500, 500]],
    ['responds with 429 and Retry-After', [{ code: 429, headers: { 'retry-after': '0' } }]],
    ['responds with 503 and a long Retry-After', [{ code: 503, headers: { 'retry-after': '3600' } }]],
    ['hangs', ['hang']],
    ['closes in the middle of its response', ['close']],
    ['refuses our key for a while', [401, 403]],
    ['does all of it in turn', [500, 'hang', 'close', { code: 429, headers: { 'retry-after': '0' } }, 502]],
  ]
  for (const [what, script] of troubles) {
    it(`loses nothing and preserves the order when the receiver ${what}`, async () => {
      server.script = [...script]
      const notifier = openAt('boot')
      for (let i = 0; i < 5; i++) notifier.lifecycle(announcement)
      await until(() => server.accepted.length === 5)
      expect(server.accepted).to.deep.equal(ids('boot', 5))
    })
  }

  it('stores events for a receiver that is down, logs that once, and delivers when it is back', async () => {
    await server.stop()
    const notifier = openAt('boot')
    for (let i = 0; i < 3; i++) notifier.lifecycle(announcement)
    await until(() => lines.length === 1)
    await server.start()
    await until(() => server.accepted.length === 3 && lines.length === 2)
    expect(server.accepted).to.deep.equal(ids('boot', 3))
    expect(lines[0]).to.contain('events are stored until it responds')
    expect(lines[1]).to.contain('delivered again')
  })

  it('delivers at the next boot what the previous one could not, before anything new', async () => {
    await server.stop()
    const previous = openAt('previous')
    previous.lifecycle(announcement)
    previous.lifecycle({ ...announcement, state: 'STOPPED' })
    previous.close()
    await server.start()
    openAt('next').lifecycle(announcement)
    await until(() => server.accepted.length === 3)
    expect(server.accepted).to.deep.equal(['previous-1', 'previous-2', 'next-1'])
  })

  it('still reports when nothing can be stored, and warns once', async () => {
    writeFileSync(`${root}/outbox`, 'a file where the directory should be')
    const notifier = openAt('boot')
    for (let i = 0; i < 3; i++) notifier.lifecycle(announcement)
    await until(() => server.accepted.length === 3)
    expect(server.accepted).to.deep.equal(ids('boot', 3))
    expect(lines).to.have.length(1)
    expect(lines[0]).to.match(/^cannot write \S+: .*; correct the path; until then, events wait in memory$/)
    rmSync(`${root}/outbox`)
    notifier.lifecycle(announcement)
    await notifier.flush(realLimit(60_000))
    rmSync(`${root}/outbox`, { recursive: true })
    writeFileSync(`${root}/outbox`, '')
    notifier.lifecycle(announcement)
    expect(lines, 'a later failure is another one').to.have.length(2)
  })

  it('drops stats that the receiver refuses for good, and goes on', async () => {
    server.script = [400]
    const notifier = openAt('boot')
    notifier.stats('{"a": 1}', 'UP')
    notifier.stats('{"a": 2}', 'UP')
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['boot-2'])
  })

  it('is flushed when all has arrived, and at its limit when it has not', async () => {
    const notifier = openAt('boot')
    notifier.lifecycle(announcement)
    await notifier.flush(realLimit(60_000))
    expect(server.accepted).to.deep.equal(['boot-1'])
    await server.stop()
    notifier.lifecycle(announcement)
    await notifier.flush(realLimit(50))
    expect(server.accepted).to.have.length(1)
  })

  it('delivers 10,000 stored events in order', async () => {
    const outbox = new Outbox(`${root}/outbox`, 20_000, () => {})
    const maker = new EventMaker(testIdentity('old'), 1000)
    for (let i = 0; i < 10_000; i++) outbox.append(maker.stats(0, 'UP', { i }))
    openAt('boot', { keep: 20_000 }).lifecycle(announcement)
    await until(() => server.received.length === 10_001, 'all events', 60_000)
    expect(server.accepted).to.deep.equal([...ids('old', 10_000), 'boot-1'])
    // the receiver has the last event a moment before its sender knows
    await until(() => readdirSync(`${root}/outbox`).length === 0, 'an empty outbox')
  }).timeout(90_000)
})
