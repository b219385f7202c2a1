import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { EventMaker } from '../../ww/notify/event.ts'
import { Outbox } from '../../ww/notify/outbox.ts'
import { Outboxes } from '../../ww/notify/outboxes.ts'
import { Sender } from '../../ww/notify/sender.ts'
import { realLimit } from '../helpers/limits.ts'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { fastNotify, testIdentity } from '../helpers/notify-settings.ts'
import { until } from '../helpers/until.ts'

describe('the sender', () => {
  const server = new MisbehavingServer()
  const lines: string[] = []
  const log = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) }
  let root = ''
  let outboxes: Outboxes
  let maker: EventMaker
  let sender: Sender | null = null

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'ww-sender-'))
    outboxes = new Outboxes({ path: root, shared: null }, 100, log.warn)
    maker = new EventMaker(testIdentity('b'), 1000)
    server.received.length = 0
    server.script = []
    lines.length = 0
    await server.start()
  })
  afterEach(async () => {
    sender?.close()
    await server.stop()
    rmSync(root, { recursive: true })
  })

  const start = (changes: object = {}): Sender => {
    sender = new Sender(outboxes, { ...fastNotify, ...changes, url: `${server.url}?key=hidden` }, log)
    return sender
  }
  const appendStats = (count: number): void => {
    for (let i = 0; i < count; i++) outboxes.own.append(maker.stats(0, 'UP', { i }))
  }
  const appendLifecycle = (): void => {
    outboxes.own.append(
      maker.lifecycle({ state: 'STOPPED', previous: 'UP', reason: '', attempt: 0, previousMs: 0, at: 0 }),
    )
  }

  it('never falls below its back-off when the receiver requests no delay, so that it is not flooded', async () => {
    server.script = Array(100).fill({ code: 429, headers: { 'retry-after': '0' } })
    appendStats(1)
    start({ backoff: 60_000, backoffMax: 60_000 }).wake()
    await until(() => lines.length === 1)
    // time enough for further tries, measured in requests
    for (let i = 0; i < 20; i++) await fetch(server.url, { method: 'POST', body: '{"id": "other"}' })
    expect(server.received.filter(({ body }) => JSON.parse(body).id === 'b-1')).to.have.length(1)
  })

  it('sends what comes in the very moment in which it has found nothing more', async () => {
    let checks = 0
    outboxes = new (class extends Outboxes {
      override first(ownOnly: boolean): ReturnType<Outboxes['first']> {
        checks += 1
        if (checks === 1) queueMicrotask(appendAndWake)
        return super.first(ownOnly)
      }
    })({ path: root, shared: null }, 100, log.warn)
    const appendAndWake = (): void => {
      appendStats(1)
      sender?.wake()
    }
    start().wake()
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['b-1'])
  })

  it('reads no more of a response than it needs, so that one without end costs neither memory nor time', async () => {
    server.script = ['endless']
    appendStats(2)
    start({ timeout: 60_000 }).wake()
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['b-2'])
    expect(lines).to.deep.equal([])
  })

  it('does not unpack a response', async () => {
    server.script = [{ code: 200, headers: { 'content-encoding': 'gzip' } }]
    appendStats(2)
    start().wake()
    await until(() => server.accepted.length === 1)
    expect(lines).to.deep.equal([])
  })

  it('drops stats with more levels than it can write, and sends what comes after them', async () => {
    const deep = JSON.parse('{"a":'.repeat(50_000) + 1 + '}'.repeat(50_000))
    outboxes.own.append(maker.stats(0, 'UP', deep))
    appendStats(1)
    start().wake()
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['b-2'])
    expect(lines.join()).to.include('nested too deeply')
  })

  it('warns once of a receiver that refuses stats, and never prints its whole address', async () => {
    server.script = [400, 400, 400]
    appendStats(4)
    start().wake()
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['b-4'])
    expect(lines).to.have.length(1)
    expect(lines[0]).to.match(/^127\.0\.0\.1:\d+ refuses stats: HTTP 400 told to; they are dropped$/)
  })

  it('drops events that an older receiver does not know, with one warning for each kind, and none of the lifecycle', async () => {
    const notice = { reason: '', at: 0 }
    const service = {
      ...notice,
      service: 'serve-php',
      state: 'failed',
      previous: 'ready',
      restarts: 0,
      pid: 7,
    }
    const schedule = { ...notice, hook: 'backup', result: 'failed', ms: 1, nextAt: null } as const
    // service, lifecycle, service, schedule, lifecycle, schedule
    server.script = [400, 204, 400, 400, 204, 400]
    outboxes.own.append(maker.service(service))
    appendLifecycle()
    outboxes.own.append(maker.service(service))
    outboxes.own.append(maker.schedule(schedule))
    appendLifecycle()
    outboxes.own.append(maker.schedule(schedule))
    appendStats(1)
    start().wake()
    await until(() => server.accepted.length === 3)
    expect(server.accepted).to.deep.equal(['b-2', 'b-5', 'b-7'])
    expect(lines.map((line) => line.replace(/^\S+ /, ''))).to.deep.equal([
      'refuses service events: HTTP 400 told to; they are dropped',
      'refuses schedule events: HTTP 400 told to; they are dropped',
    ])
  })

  it('warns again of a kind that the receiver had accepted meanwhile', async () => {
    server.script = [400, 204, 400]
    appendStats(4)
    start().wake()
    await until(() => server.accepted.length === 2)
    expect(lines).to.have.length(2)
  })

  it('tries a refused lifecycle event again, for as long as it takes', async () => {
    server.script = [400, 403, 401]
    appendLifecycle()
    start().wake()
    await until(() => server.accepted.length === 1)
    expect(lines[0]).to.match(
      /^cannot report to 127\.0\.0\.1:\d+: HTTP 400 told to; events are stored until it responds$/,
    )
    await until(() => lines.length === 2)
    expect(lines[1]).to.match(/^reports to 127\.0\.0\.1:\d+ are delivered again$/)
  })

  it('names the setting when the secret is none, and not the secret', async () => {
    appendStats(1)
    start({ secret: 'no secret!' }).wake()
    await until(() => lines.length === 1)
    expect(lines[0]).to.contain('ww.notify.secret')
    expect(lines[0]).not.to.contain('no secret!')
  })

  it('sends what was taken over after its own', async () => {
    const dead = new Outbox(`${root}/adopted.x`, 100, log.warn)
    dead.append(new EventMaker(testIdentity('dead'), 1).stats(0, 'UP', {}))
    appendStats(1)
    start().wake()
    await until(() => server.accepted.length === 2)
    expect(server.accepted).to.deep.equal(['b-1', 'dead-1'])
  })

  describe('draining', () => {
    it('resolves at once when nothing waits', async () => {
      await start().drain(realLimit(60_000))
      expect(server.received).to.deep.equal([])
    })

    it('resolves when everything of this instance has arrived, and leaves what was taken over', async () => {
      const dead = new Outbox(`${root}/adopted.x`, 100, log.warn)
      dead.append(new EventMaker(testIdentity('dead'), 1).stats(0, 'UP', {}))
      appendStats(3)
      await start().drain(realLimit(60_000))
      expect(server.accepted).to.deep.equal(['b-1', 'b-2', 'b-3'])
      expect(outboxes.own.size).to.equal(0)
    })

    it('ends a back-off and a delay that the receiver requested', async () => {
      server.script = [500]
      appendStats(1)
      const waiting = start({ backoff: 3_600_000, backoffMax: 3_600_000 })
      waiting.wake()
      await until(() => lines.length === 1)
      server.script = [{ code: 429, headers: { 'retry-after': '3600' } }, 503]
      await waiting.drain(realLimit(60_000))
      expect(server.accepted).to.deep.equal(['b-1'])
    })

    it('gives up a receiver that is away at the end of its limit', async () => {
      appendStats(1)
      await server.stop()
      await start().drain(realLimit(200, 3_600_000))
      expect(outboxes.own.size).to.equal(1)
    })

    it('gives up a receiver that failed before at the end of its limit, without a further try', async () => {
      server.script = [500, 'hang']
      appendStats(1)
      const failing = start({ backoff: 3_600_000, backoffMax: 3_600_000 })
      failing.wake()
      await until(() => lines.length === 1)
      await failing.drain(realLimit(100, 3_600_000))
      expect(outboxes.own.size).to.equal(1)
    })

    it('gives up a receiver that responds with an error after the end of its limit', async () => {
      server.script = ['hang', 'hang']
      appendStats(1)
      // the request itself ends at its time limit, which counts as a failure
      await start({ timeout: 500 }).drain(realLimit(50, 3_600_000))
      expect(server.received).to.have.length(1)
      expect(outboxes.own.size).to.equal(1)
    })

    it('waits past the end of its limit for a receiver that responds late', async () => {
      server.script = ['hang']
      appendStats(1)
      const limit = realLimit(3_600_000)
      const slow = start({ timeout: 60_000 })
      let resolved = false
      const drained = slow.drain(limit).then(() => {
        resolved = true
      })
      await until(() => server.received.length === 1)
      limit.bringForward({ end: 0, kill: 3_600_000, abandon: 3_600_000 }, 'time')
      for (let i = 0; i < 20; i++) await fetch(server.url, { method: 'POST', body: '{"id": "other"}' })
      expect(resolved).to.equal(false)
      limit.bringForward({ end: 0, kill: 0, abandon: 0 }, 'time')
      await drained
      expect(outboxes.own.size).to.equal(1)
    })

    it('does not reject when nothing can be stored', async () => {
      writeFileSync(`${root}/outbox`, 'a file where the directory should be')
      appendLifecycle()
      await start().drain(realLimit(60_000))
      expect(server.accepted).to.deep.equal(['b-1'])
    })
  })
})
