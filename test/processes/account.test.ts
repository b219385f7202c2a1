import { expect } from 'chai'
import { findAccount } from '../../ww/processes/account.ts'

describe('findAccount', () => {
  it('finds a user of this machine by name', () => {
    expect(findAccount('root')).to.deep.equal({ uid: 0, gid: 0, home: '/root' })
  })

  it('returns null for one that does not exist', () => {
    expect(findAccount('no-such-user')).to.equal(null)
    expect(findAccount('roo')).to.equal(null)
  })
})
