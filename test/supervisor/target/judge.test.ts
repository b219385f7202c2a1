import { expect } from 'chai'
import { judgePing, type Ping } from '../../../ww/supervisor/target/judge.ts'

describe('a ping', () => {
  const ping = (code: number | null, more: Partial<Ping> = {}): Ping => ({
    ...{ code, refused: false, what: 'no answer within 1 s', ms: 1, at: 0 },
    ...more,
  })
  const refused = ping(null, { refused: true, what: 'connection refused' })
  const usual = { failures: 1, ownProcess: false }

  for (const code of [200, 204, 302])
    it(`of ${code} is an answer`, () => {
      expect(judgePing(ping(code), 5, usual)).to.include({ event: 'answered', bad: 0 })
    })

  it('of 503 says that what it manages is not all there', () => {
    expect(judgePing(ping(503), 5, usual)).to.include({ event: 'pending', bad: 0 })
  })

  for (const code of [400, 404, 500, 502])
    it(`of ${code} has failed`, () => {
      expect(judgePing(ping(code), 0, usual)).to.include({ event: 'failed', reason: `answered ${code}` })
    })

  it('that is refused means that it is down', () => {
    expect(judgePing(refused, 0, usual)).to.include({ event: 'refused', reason: 'connection refused' })
  })

  it('that is refused although its process runs has failed', () => {
    expect(judgePing(refused, 0, { ...usual, ownProcess: true })).to.include({
      event: 'failed',
      reason: 'connection refused, although its process runs',
    })
  })

  it('fails only after as many bad ones in a row as are configured', () => {
    const patient = { ...usual, failures: 3 }
    expect(judgePing(ping(null), 0, patient)).to.include({ event: null, bad: 1 })
    expect(judgePing(ping(500), 1, patient)).to.include({ event: null, bad: 2 })
    expect(judgePing(ping(null), 2, patient)).to.deep.equal({
      event: 'failed',
      bad: 3,
      reason: 'no answer within 1 s, 3 times in a row',
    })
  })
})
