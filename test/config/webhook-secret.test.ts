import { expect } from 'chai'
import { isWebhookSecret } from '../../ww/config/webhook-secret.ts'

describe('a secret of Standard Webhooks', () => {
  for (const text of ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_YQ==', 'whsec_YWI=', 'whsec_ab+/'])
    it(`can be ${text}`, () => expect(isWebhookSecret(text)).to.equal(true))

  const wrong = [
    '',
    'whsec_',
    'whsec_abc',
    'whsec_a===',
    'whsec_====',
    'whsec_ab-_',
    'whsec_ab c',
    'abcd',
    'WHSEC_abcd',
  ]
  for (const text of [...wrong, ' whsec_abcd', 'whsec_abcd\n', 'whsec_whsec_abcd', 'whsec_ab=c'])
    it(`is not ${JSON.stringify(text)}`, () => expect(isWebhookSecret(text)).to.equal(false))
})
