import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { EventMaker } from '../../ww/notify/event.ts'
import { Outbox } from '../../ww/notify/outbox.ts'
import { Sender } from '../../ww/notify/sender.ts'
import { settingsWith } from '../helpers/fake-world.ts'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { until } from '../helpers/until.ts'

describe('the sender', () => {
  const server = new MisbehavingServer()
  const lines: string[] = []
  const log = { info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) }
  let root = ''
  let outbox: Outbox
  let maker: EventMaker
  let sender: Sender | null = null

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'ww-sender-'))
    outbox = new Outbox(`${root}/box`, 100, 'x')
    maker = new EventMaker(
      { app: 'a', instance: 'i', version: '', bootId: 'b', labels: {}, configHash: '' },
      1000,
    )
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

  const startSender = (changes: object = {}): Sender => {
    const notify = {
      ...settingsWith().notify,
      ...{ timeout: 5000, backoff: 5, backoffMax: 50 },
      ...changes,
      url: `${server.url}?key=hidden`,
    }
    sender = new Sender(outbox, notify, log)
    return sender
  }
  const appendStats = (count: number): void => {
    for (let i = 0; i < count; i++) outbox.append(maker.stats(0, 'UP', { i }))
  }

  it('keeps to its back-off when the receiver asks for no delay, so that it is not hammered', async () => {
    server.script = Array(100).fill({ code: 429, headers: { 'retry-after': '0' } })
    appendStats(1)
    startSender({ backoff: 60_000, backoffMax: 60_000 }).wake()
    await until(() => lines.length === 1)
    // time enough for further attempts, measured in requests
    for (let i = 0; i < 20; i++) await fetch(server.url, { method: 'POST', body: '{"id": "other"}' })
    expect(server.received.filter(({ body }) => JSON.parse(body).id === 'b-1')).to.have.length(1)
  })

  it('makes no more of its back-off when it has to be done soon', async () => {
    server.script = [500, 503, { code: 429, headers: { 'retry-after': '3600' } }]
    appendStats(1)
    const patient = startSender({ backoff: 5, backoffMax: 3_600_000 })
    await patient.drain(15_000, 15_000)
    expect(server.accepted).to.deep.equal(['b-1'])
    expect(outbox.size).to.equal(0)
  })

  it('sends what comes in the very moment in which it has found nothing more', async () => {
    let looks = 0
    outbox = new (class extends Outbox {
      override first(): ReturnType<Outbox['first']> {
        looks += 1
        if (looks === 1) queueMicrotask(appendAndWake)
        return super.first()
      }
    })(`${root}/box`, 100, 'x')
    const appendAndWake = (): void => {
      appendStats(1)
      sender?.wake()
    }
    startSender().wake()
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['b-1'])
  })

  it('tells once of a receiver that refuses stats for good, and never its whole address', async () => {
    server.script = [400, 400, 400]
    appendStats(4)
    startSender().wake()
    await until(() => server.accepted.length === 1)
    expect(server.accepted).to.deep.equal(['b-4'])
    expect(lines).to.have.length(1)
    expect(lines[0]).to.contain('HTTP 400 told to')
    expect(lines[0]).not.to.contain('hidden')
  })

  it('does not reject when there can be no outbox', async () => {
    writeFileSync(`${root}/box`, 'a file where the directory should be')
    const idle = startSender()
    idle.wake()
    await idle.drain(1000, 1000)
    expect(server.received).to.deep.equal([])
  })

  it('names the setting when the secret is none', async () => {
    appendStats(1)
    startSender({ secret: 'no secret!' }).wake()
    await until(() => lines.length === 1)
    expect(lines[0]).to.contain('ww.notify.secret')
    expect(lines[0]).not.to.contain('no secret!')
  })
})
