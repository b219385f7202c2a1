import { expect } from 'chai'
import { isLocalOrBearer } from '../../ww/http/bearer.ts'
import { isLoopback } from '../../ww/http/loopback.ts'

describe('who may change something', () => {
  const from = (address: string, authorization?: string) => ({
    address,
    headers: authorization === undefined ? {} : { authorization },
  })

  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', ''])
    it(`is this machine, as ${address || 'a unix socket'}, without a token`, () => {
      expect(isLocalOrBearer(from(address), undefined)).to.equal(true)
    })

  it('is nobody else without a token', () => {
    expect(isLocalOrBearer(from('10.0.0.1'), undefined)).to.equal(false)
    expect(isLocalOrBearer(from('10.0.0.1', 'Bearer undefined'), undefined)).to.equal(false)
    expect(isLocalOrBearer(from('::ffff:10.0.0.1'), undefined)).to.equal(false)
  })

  it('is whoever has the token', () => {
    expect(isLocalOrBearer(from('10.0.0.1', 'Bearer open sesame'), 'open sesame')).to.equal(true)
    expect(isLocalOrBearer(from('10.0.0.1', 'Bearer open'), 'open sesame')).to.equal(false)
    expect(isLocalOrBearer(from('10.0.0.1'), 'open sesame')).to.equal(false)
  })
})

describe('a loopback', () => {
  it('is told by its name or address, and nothing that only looks so', () => {
    expect(['localhost', '[::1]', '127.0.0.1'].map(isLoopback)).to.deep.equal([true, true, true])
    expect(['0.0.0.0', '127.example.org', 'localhost.evil', '::'].map(isLoopback)).to.not.include(true)
  })
})
