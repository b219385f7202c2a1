import { expect } from 'chai'
import { parseEtcdAddress } from '../../ww/states/etcd-address.ts'

const refusal = (text: string): string => {
  try {
    return JSON.stringify(parseEtcdAddress(text))
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}

describe('the address of etcd', () => {
  it('is a host; the port and the prefix are understood', () => {
    expect(parseEtcdAddress('etcd://localhost')).to.deep.equal({
      endpoints: ['http://localhost:2379'],
      prefix: '/whaleware/states',
      user: null,
      tls: {},
    })
  })

  it('names several members, a prefix, a user and a percent-encoded password', () => {
    const address = parseEtcdAddress('etcd://me:a%3Ab%40c@one:1,[::1]:2,three/shop/')
    expect(address.endpoints).to.deep.equal(['http://one:1', 'http://[::1]:2', 'http://three:2379'])
    expect(address.prefix).to.equal('/shop')
    expect(address.user).to.deep.equal({ name: 'me', password: 'a:b@c' })
  })

  it('is TLS with etcds, with certificates of one’s own', () => {
    const { endpoints, tls } = parseEtcdAddress('etcds://one/shop?ca=/ca.pem&cert=/c.pem&key=/k.pem')
    expect(endpoints).to.deep.equal(['https://one:2379'])
    expect(tls).to.deep.equal({ ca: '/ca.pem', cert: '/c.pem', key: '/k.pem' })
  })

  it('is refused in a line when it is wrong, and no password is shown', () => {
    expect(refusal('etcd://')).to.contain('UserError: cannot read the address of etcd: it must look like')
    expect(refusal('etcd://one,,two')).to.contain('"" is no host with a port')
    expect(refusal('etcd://one:port')).to.contain('"one:port" is no host with a port')
    expect(refusal('etcd://one?ca=/ca.pem')).to.contain('certificates need etcds://')
    expect(refusal('etcds://one?cacert=/ca.pem')).to.contain('not "cacert"')
    expect(refusal('etcd://me:s%zz@one')).to.not.contain('s%zz')
  })
})
