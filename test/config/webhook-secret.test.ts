import { expect } from 'chai'
import { isWebhookSecret } from '../../ww/config/webhook-secret.ts'

describe('isWebhookSecret', () => {
  for (const text of ['whsec_c2VjcmV0', 'whsec_YQ==', 'whsec_YWE=', 'whsec_+/09aZ18']) {
    it(`accepts ${text}`, () => expect(isWebhookSecret(text)).to.equal(true))
  }
  for (const text of [
    '',
    'whsec_',
    'c2VjcmV0',
    'whsec_c2VjcmV',
    'whsec_c2VjcmV0=',
    'whsec_YQ=',
    'whsec_c2Vj cmV0',
    'whsec_c2VjcmV0\n',
    ' whsec_c2VjcmV0',
    'whsec_c2Vj-_V0',
  ]) {
    it(`rejects ${JSON.stringify(text)}`, () => expect(isWebhookSecret(text)).to.equal(false))
  }
})
