import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { signEvent } from '../../ww/notify/signature.ts'
import { Keys, readKeys } from '../../ww/receiver/keys.ts'
import { checkExposure } from '../../ww/receiver/serve.ts'
import { makeSender, TestReceiver } from './receivers.ts'

const secretOf = (text: string): string => `whsec_${Buffer.from(text.padEnd(24, '.')).toString('base64')}`
const [secret, newer, stranger] = [secretOf('old'), secretOf('new'), secretOf('other')]
const token = 'a-token-for-reporting'

describe('who may report', () => {
  let receiver: TestReceiver
  const event = makeSender('a').entered('UP')
  const body = JSON.stringify(event)
  before(async () => {
    receiver = await new TestReceiver({ keys: [secret, newer, token] }).start()
  })
  after(() => receiver.remove())
  const report = async (headers: Record<string, string>, text = body): Promise<number> =>
    receiver.status('POST /v1/events', {
      headers: { 'content-type': 'application/cloudevents+json', ...headers },
      body: text,
    })

  it('is who signs with one of the secrets, the old as well as the new', async () => {
    expect(await report(await signEvent(secret, event.id, body))).to.equal(200)
    expect(await report(await signEvent(newer, event.id, body))).to.equal(200)
  })

  it('is who sends the token, whatever the case of the word before it', async () => {
    expect(await report({ authorization: `Bearer ${token}` })).to.equal(200)
    expect(await report({ authorization: `bearer ${token}` })).to.equal(200)
  })

  it('is nobody else', async () => {
    expect(await report({})).to.equal(401)
    expect(await report({ authorization: 'Bearer something-else' })).to.equal(401)
    expect(await report({ authorization: `Bearer ${secret}` }), 'a secret is no token').to.equal(401)
    expect(await report(await signEvent(stranger, event.id, body))).to.equal(401)
    expect(await report({ 'webhook-id': event.id, 'webhook-signature': 'v1,x' })).to.equal(401)
  })

  it('is nobody who changes what was signed, or sends it again much later', async () => {
    const signed = await signEvent(secret, event.id, body)
    expect(await report(signed, body.replace('"UP"', '"ERROR"'))).to.equal(401)
    expect(await report({ ...signed, 'webhook-id': 'another' })).to.equal(401)
    const then = new Date(Date.now() - 3_600_000)
    const old = {
      'webhook-id': event.id,
      'webhook-timestamp': String(Math.floor(then.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(event.id, then, body),
    }
    expect(await report(old)).to.equal(401)
  })

  it('is asked before the event is looked at, and each refusal is counted', async () => {
    expect(await report({}, 'no JSON')).to.equal(401)
    const metrics = await (await receiver.ask('GET /metrics')).text()
    expect(metrics).to.match(/^whaleware_receiver_refused_total\{reason="no-key"\} [1-9]/m)
  })

  it('is everybody whom the address lets in without a key, and that is this machine alone', () => {
    const [open, keyed] = [new Keys([], []), new Keys([token], [])]
    for (const host of ['127.0.0.1', '::1', 'localhost']) checkExposure(host, open)
    expect(() => checkExposure('0.0.0.0', open)).to.throw(/without a key: give --key/)
    expect(() => checkExposure('10.0.0.7', new Keys([], [token])), 'reading is not reporting').to.throw()
    checkExposure('0.0.0.0', keyed)
  })
})

describe('who may read', () => {
  let receiver: TestReceiver
  before(async () => {
    receiver = await new TestReceiver({ keys: [token], readTokens: ['reader-one', 'reader-two'] }).start()
  })
  after(() => receiver.remove())
  const read = (headers: Record<string, string>) => receiver.status('GET /v1/instances', { headers })

  it('is who has one of the tokens for reading, which those for reporting are not', async () => {
    expect(await read({ authorization: 'Bearer reader-one' })).to.equal(200)
    expect(await read({ authorization: 'Bearer reader-two' })).to.equal(200)
    expect(await read({ authorization: `Bearer ${token}` })).to.equal(401)
    expect(await read({})).to.equal(401)
    const headers = { authorization: 'Bearer reader-one' }
    expect(await receiver.status('POST /v1/events', { headers, body: '{}' })).to.equal(401)
  })

  it('is a browser with the cookie that the token gave it', async () => {
    const answer = await receiver.ask('POST /v1/session', { body: 'reader-two\n' })
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).to.match(/; HttpOnly; SameSite=Strict$/)
    const [pair = ''] = cookie.split(';')
    expect(await read({ cookie: `theme=dark; ${pair}` })).to.equal(200)
    expect(await read({ cookie: `x${pair}` })).to.equal(401)
    expect(await read({ cookie: 'ww_session=%' })).to.equal(401)
    expect(await receiver.status('POST /v1/session', { body: token })).to.equal(401)
  })

  it('is told how, and probes need nothing', async () => {
    const answer = await receiver.ask('GET /v1/stream')
    expect(answer.headers.get('www-authenticate')).to.equal('Bearer realm="ww receiver"')
    expect(await receiver.status('GET /livez')).to.equal(200)
  })
})

describe('a key', () => {
  it('is one a line of a file, beside those of the command line', async () => {
    const receiver = new TestReceiver()
    const file = join(receiver.root, 'keys')
    writeFileSync(file, `# the old one\n${secret}\n\n  ${token}  \n`)
    expect(readKeys([newer], file)).to.deep.equal([newer, secret, token])
    expect(() => readKeys([], join(receiver.root, 'none'))).to.throw(/cannot read the keys: ENOENT.*none/)
    await receiver.remove()
  })

  it('is refused when it is too short to be one, or begins as a secret and is none', () => {
    expect(() => new Keys(['short'], [])).to.throw('must have 8 characters or more')
    expect(() => new Keys([], ['short'])).to.throw('must have 8 characters or more')
    expect(() => new Keys(['whsec_!'], [])).to.throw('must go on in base64')
    expect(() => new Keys(['whsec_'], [])).to.throw('must go on in base64')
  })
})
