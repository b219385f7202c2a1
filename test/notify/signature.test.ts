import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { signEvent } from '../../ww/notify/signature.ts'

describe('the signature of an event', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

  it('is one that Standard Webhooks verifies, of its id and its time too', async () => {
    const headers = await signEvent(secret, 'boot-1', '{"a": 1}')
    expect(new Webhook(secret).verify('{"a": 1}', headers)).to.deep.equal({ a: 1 })
    expect(Number(headers['webhook-timestamp'])).to.be.closeTo(Date.now() / 1000, 60)
    expect(() => new Webhook(secret).verify('{"a": 1}', { ...headers, 'webhook-id': 'boot-2' })).to.throw()
  })

  it('cannot be made with anything else, which is not printed', async () => {
    const error: unknown = await signEvent('???', 'boot-1', '').then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.instanceOf(Error)
    expect(String(error))
      .to.match(/ww\.notify\.secret/)
      .and.not.contain('???')
  })
})
