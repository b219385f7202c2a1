import { expect } from 'chai'
import { classifyResponse } from '../../ww/notify/delivery.ts'

const now = Date.parse('2024-05-01T12:00:00Z')
const judge = (code: number, retryAfter?: string, body = ''): object =>
  classifyResponse(code, retryAfter, body, now)

describe("a receiver's answer", () => {
  for (const code of [200, 202, 204, 409]) {
    it(`${code} means delivered`, () => expect(judge(code)).to.deep.equal({ kind: 'delivered' }))
  }
  for (const code of [408, 425, 429, 500, 502, 503]) {
    it(`${code} means later`, () => expect(judge(code)).to.deep.equal({ kind: 'later', why: `HTTP ${code}` }))
  }
  for (const code of [301, 400, 401, 404, 410, 413]) {
    it(`${code} means refused for good`, () =>
      expect(judge(code)).to.deep.equal({ kind: 'refused', why: `HTTP ${code}` }))
  }

  it('is told by its code and the first line of its body', () => {
    expect(judge(401, undefined, 'wrong key\nsee the manual')).to.have.property('why', 'HTTP 401 wrong key')
  })

  it('may ask to wait for seconds, or until a date', () => {
    expect(judge(429, '7')).to.have.property('after', 7000)
    expect(judge(503, 'Wed, 01 May 2024 12:01:00 GMT')).to.have.property('after', 60_000)
    expect(judge(503, 'Wed, 01 May 2024 11:00:00 GMT')).to.have.property('after', 0)
    expect(judge(503, 'soon')).not.to.have.property('after')
  })
})
