import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type AccountFiles, findAccount, findUser } from '../../ww/processes/account.ts'

describe('findAccount', () => {
  it('finds a user of this machine by name', () => {
    expect(findAccount('root')).to.deep.equal({ uid: 0, gid: 0, home: '/root' })
  })

  it('returns null for one that does not exist', () => {
    expect(findAccount('no-such-user')).to.equal(null)
    expect(findAccount('roo')).to.equal(null)
  })
})

describe('findUser', () => {
  let directory = ''
  let files: AccountFiles
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-account-'))
    files = { passwd: join(directory, 'passwd'), group: join(directory, 'group') }
    writeFileSync(
      files.passwd,
      [
        'root:x:0:0:root:/root:/bin/sh',
        '# a comment',
        'web:x:33:34:web:/var/www:/usr/sbin/nologin',
        'broken:x:x:y::/:/bin/sh',
        'homeless:x:70:70',
        '77:x:5:5::/five:/bin/sh',
        '',
      ].join('\n'),
    )
    writeFileSync(
      files.group,
      'root:x:0:\nweb:x:34:web\ncert:x:100:web,other\nvideo:x:44:other\nlog:x:4:other,web\nbad:x:z:web\n',
    )
  })
  after(() => rmSync(directory, { recursive: true }))
  const web = { name: 'web', uid: 33, gid: 34, home: '/var/www', groups: [100, 4] }

  it('finds a user by name or by number, with its other groups', () => {
    expect(findUser('web', files)).to.deep.equal(web)
    expect(findUser('33', files)).to.deep.equal(web)
    expect(findUser('homeless', files)).to.deep.equal({
      name: 'homeless',
      uid: 70,
      gid: 70,
      home: '/',
      groups: [],
    })
  })

  it('takes a named group alone', () => {
    expect(findUser('33:44', files)).to.deep.equal({ ...web, gid: 44, groups: [] })
    expect(findUser('0:0', files)).to.deep.equal({ name: 'root', uid: 0, gid: 0, home: '/root', groups: [] })
  })

  it('needs no entry for a number', () => {
    const nobody = { name: '77', uid: 77, gid: 77, home: '/', groups: [] }
    expect(findUser('77', files)).to.deep.equal(nobody)
    expect(findUser('077', files)).to.deep.equal(nobody)
    expect(findUser('77:8', files)).to.deep.equal({ ...nobody, gid: 8 })
    const none = { passwd: '/no/such/file', group: '/no/such/file' }
    expect(findUser('33', none)).to.deep.equal({ ...nobody, name: '33', uid: 33, gid: 33 })
  })

  it('returns null for a name that does not exist', () => {
    expect(findUser('we', files)).to.equal(null)
    expect(findUser('broken', files)).to.equal(null)
    expect(findUser('# a comment', files)).to.equal(null)
    expect(findUser('', files)).to.equal(null)
  })
})
