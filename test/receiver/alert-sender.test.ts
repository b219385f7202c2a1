import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { AlertSender, type OutgoingAlert, usualPace } from '../../ww/receiver/alert-sender.ts'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { until } from '../helpers/until.ts'

const pace = { ...usualPace, timeout: 200, backoff: 5, backoffMax: 20 }
const secret = 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0'

describe('the sender of alerts', () => {
  let server: MisbehavingServer
  let warnings: string[]
  let sender: AlertSender
  beforeEach(async () => {
    server = await new MisbehavingServer().start()
    warnings = []
    sender = new AlertSender(
      { url: server.url, secret },
      pace,
      () => {},
      (line) => void warnings.push(line),
    )
  })
  afterEach(async () => {
    await sender.close()
    await server.stop()
  })
  const message = (id: string): OutgoingAlert => ({ id, url: server.url, body: JSON.stringify({ id }) })
  const sent = () => until(() => sender.waiting.length === 0, 'everything is sent')

  it('tries until the webhook takes it, and keeps the order', async () => {
    server.script = [503, 'close', 'hang', 429]
    for (const id of ['a', 'b', 'c']) sender.send(message(id))
    await sent()
    expect(server.accepted).to.deep.equal(['a', 'b', 'c'])
    expect(server.received.length).to.equal(7)
  })

  it('outlasts a webhook that is away, and says so once', async () => {
    await server.stop()
    sender.send(message('a'))
    await until(() => warnings.length > 0)
    await server.start()
    sender.send(message('b'))
    await sent()
    expect(server.accepted).to.deep.equal(['a', 'b'])
    expect(warnings.length).to.equal(1)
    expect(warnings[0]).to.match(/^cannot tell 127\.0\.0\.1:\d+ of alerts \(.*\); trying again$/)
  })

  it('signs with the secret, with the same id at each attempt', async () => {
    server.script = [500]
    sender.send(message('a'))
    await sent()
    expect(server.received.map(({ headers }) => headers['webhook-id'])).to.deep.equal(['a', 'a'])
    for (const { body, headers } of server.received) {
      const signed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
      expect(new Webhook(secret).verify(body, signed)).to.deep.equal({ id: 'a' })
    }
  })

  it('drops what is refused for good, says so without the path, and goes on', async () => {
    server.script = [410]
    for (const id of ['a', 'b']) sender.send(message(id))
    await sent()
    expect(server.accepted).to.deep.equal(['b'])
    expect(warnings.join())
      .to.include('refuses an alert for good (HTTP 410 told to)')
      .and.not.include('/events')
  })

  it('keeps what it could not send when it is closed', async () => {
    server.script = ['hang']
    sender.send(message('a'))
    await until(() => server.received.length === 1)
    await sender.close()
    expect(sender.waiting.map(({ id }) => id)).to.deep.equal(['a'])
  })
})
