import { expect } from 'chai'
import { fingerprint } from '../../ww/config/fingerprint.ts'

describe('the fingerprint of a configuration', () => {
  it('is the same for the same, and another for another', async () => {
    const one = await fingerprint({ port: 80, hosts: ['a', 'b'] })
    expect(one).to.match(/^[0-9a-f]{8}$/)
    expect(await fingerprint({ port: 80, hosts: ['a', 'b'] })).to.equal(one)
    expect(await fingerprint({ port: 80, hosts: ['b', 'a'] })).to.not.equal(one)
  })
})
