import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import type { NotifySettings } from '../../ww/config/settings.ts'
import type { Announcement } from '../../ww/lifecycle/world.ts'
import { EventMaker } from '../../ww/notify/event.ts'
import { openPosts, type Posts } from '../../ww/notify/notifier.ts'
import { Outbox } from '../../ww/notify/outbox.ts'
import { settingsWith } from '../helpers/fake-world.ts'
import { type Answer, MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { until } from '../helpers/until.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const announcement: Announcement = {
  state: 'UP',
  previous: 'WARMUP',
  reason: 'ready',
  attempt: 0,
  previousMs: 5,
  at: 1_700_000_000_000,
}

describe('reporting', () => {
  const server = new MisbehavingServer()
  const open: Posts[] = []
  const lines: string[] = []
  let root = ''

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'ww-posts-'))
    server.received.length = 0
    server.script = []
    lines.length = 0
    await server.start()
  })
  afterEach(async () => {
    for (const posts of open.splice(0)) posts.close()
    await server.stop()
    rmSync(root, { recursive: true })
  })

  const openAt = (bootId: string, changes: Partial<NotifySettings> = {}): Posts => {
    const notify = {
      ...settingsWith().notify,
      url: server.url,
      timeout: 300,
      backoff: 5,
      backoffMax: 100,
      ...changes,
    }
    const directories = { home: root, hooks: root, data: root, backup: root, run: root }
    const log = {
      info: (line: string) => void lines.push(line),
      warn: (line: string) => void lines.push(line),
    }
    const posts = openPosts(
      settingsWith({ notify, labels: { zone: 'a' } }),
      { bootId, configHash: '5f' },
      directories,
      log,
    )
    open.push(posts)
    return posts
  }
  const ids = (bootId: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${bootId}-${i + 1}`)

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
        ...{
          app: 'app',
          instance: 'one',
          version: '1',
          bootId: 'boot',
          labels: { zone: 'a' },
          configHash: '5f',
          sequence: 1,
          interval: 30_000,
        },
        ...{ state: 'UP', previous: 'WARMUP', reason: 'ready', attempt: 0, previousMs: 5 },
      },
    })
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

  const troubles: [string, Answer[]][] = [
    ['answers 500', [500, 500, 500]],
    ['answers 429 with Retry-After', [{ code: 429, headers: { 'retry-after': '0' } }]],
    [
      'answers 503 with a Retry-After longer than our patience',
      [{ code: 503, headers: { 'retry-after': '3600' } }],
    ],
    ['hangs', ['hang']],
    ['closes in the middle of its answer', ['close']],
    ['refuses our key for a while', [401, 403]],
    ['does all of it in turn', [500, 'hang', 'close', { code: 429, headers: { 'retry-after': '0' } }, 502]],
  ]
  for (const [what, script] of troubles) {
    it(`loses nothing and keeps the order when the receiver ${what}`, async () => {
      server.script = [...script]
      const posts = openAt('boot')
      for (let i = 0; i < 5; i++) posts.lifecycle(announcement)
      await until(() => server.accepted.length === 5)
      expect(server.accepted).to.deep.equal(ids('boot', 5))
    })
  }

  it('waits for a receiver that is down, tells so once, and delivers when it is back', async () => {
    await server.stop()
    const posts = openAt('boot')
    for (let i = 0; i < 3; i++) posts.lifecycle(announcement)
    await until(() => lines.length === 1)
    await server.start()
    await until(() => server.accepted.length === 3 && lines.length === 2)
    expect(server.accepted).to.deep.equal(ids('boot', 3))
    expect(lines[0]).to.contain('keeping events until it answers')
    expect(lines[1]).to.contain('answers again')
  })

  it('delivers at the next boot what a dead night left unsaid, before anything new', async () => {
    await server.stop()
    const dead = openAt('dead')
    dead.lifecycle(announcement)
    dead.lifecycle({ ...announcement, state: 'STOPPED' })
    dead.close()
    await server.start()
    openAt('next').lifecycle(announcement)
    await until(() => server.accepted.length === 3)
    expect(server.accepted).to.deep.equal(['dead-1', 'dead-2', 'next-1'])
  })

  it('drops stats that the receiver refuses for good, and goes on', async () => {
    server.script = [400]
    const posts = openAt('boot')
    posts.stats('{"a": 1}', 'UP')
    posts.stats('{"a": 2}', 'UP')
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['boot-2'])
  })

  it('settles when all has arrived, and at its limit when it has not', async () => {
    const posts = openAt('boot')
    posts.lifecycle(announcement)
    await posts.settle(10_000)
    expect(server.accepted).to.deep.equal(['boot-1'])
    await server.stop()
    posts.lifecycle(announcement)
    await posts.settle(50)
    expect(server.accepted).to.have.length(1)
  })

  it('drains 10,000 queued events in order', async () => {
    const outbox = new Outbox(`${root}/.ww/outbox`, 20_000, 'old')
    const maker = new EventMaker(
      { app: 'a', instance: 'i', version: '', bootId: 'old', labels: {}, configHash: '' },
      1000,
    )
    for (let i = 0; i < 10_000; i++) outbox.append(maker.stats(0, 'UP', { i }))
    openAt('boot', { keep: 20_000 }).lifecycle(announcement)
    await until(() => server.received.length === 10_001, 'all events', 60_000)
    expect(server.accepted).to.deep.equal([...ids('old', 10_000), 'boot-1'])
    // the receiver has the last event a moment before its sender knows
    await until(() => readdirSync(`${root}/.ww/outbox`).length === 0, 'an empty outbox')
  }).timeout(90_000)

  describe('the outbox', () => {
    const maker = (): EventMaker =>
      new EventMaker({ app: 'a', instance: 'i', version: '', bootId: 'b', labels: {}, configHash: '' }, 1000)
    const idsOf = (outbox: Outbox): string[] => {
      const found: string[] = []
      for (let next = outbox.first(); next; next = outbox.first()) {
        found.push((next.event as { id: string }).id)
        outbox.remove(next.name)
      }
      return found
    }

    it('drops the oldest stats first when it is full, lifecycle events never', () => {
      const outbox = new Outbox(`${root}/box`, 3, 'x')
      const make = maker()
      for (const kind of ['l', 's', 's', 'l', 's', 'l', 'l', 'l'])
        outbox.append(kind === 'l' ? make.lifecycle(announcement) : make.stats(0, 'UP', {}))
      expect(idsOf(outbox)).to.deep.equal(['b-1', 'b-4', 'b-6', 'b-7', 'b-8'])
    })

    it('sets a damaged event aside and goes on', () => {
      const outbox = new Outbox(`${root}/box`, 10, 'x')
      const make = maker()
      outbox.append(make.lifecycle(announcement))
      outbox.append(make.lifecycle(announcement))
      const [first = ''] = readdirSync(`${root}/box`)
      writeFileSync(`${root}/box/${first}`, '{"half')
      expect(idsOf(outbox)).to.deep.equal(['b-2'])
      expect(readdirSync(`${root}/box`)).to.deep.equal([`${first}.damaged`])
    })

    it('makes no directory before there is an event', () => {
      new Outbox(`${root}/box`, 10, 'x')
      expect(existsSync(`${root}/box`)).to.equal(false)
    })

    it('loses no event that it has taken to a kill -9', async () => {
      mkdirSync(`${root}/box`)
      const writer = resolve(import.meta.dirname, '../fixtures/append-events.ts')
      const child = spawn(process.execPath, [writer, `${root}/box`], { stdio: ['ignore', 'pipe', 'inherit'] })
      let taken = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        taken += text
      })
      await until(() => taken.split('\n').length > 50)
      child.kill('SIGKILL')
      await new Promise((done) => child.once('close', done))
      const acknowledged = taken.split('\n').slice(0, -1)
      const kept = idsOf(new Outbox(`${root}/box`, 100_000, 'y'))
      expect(kept).to.include.members(acknowledged)
      expect(kept).to.deep.equal(ids('b', kept.length))
    })
  })
})
