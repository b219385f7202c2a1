import { expect } from 'chai'
import {
  absolutePath,
  keyPaths,
  niceness,
  readyProbe,
  serviceNames,
  user,
} from '../../ww/config/service-setting-kinds.ts'
import { readAs } from './settings-of.ts'

describe('the user of a service', () => {
  for (const value of ['www-data', '_apt', 'a.b', 'machine$', '0', '33', '33:34', '4294967294'])
    it(`may be ${value}`, () => expect(readAs(user, value)).to.equal(value))
  it('may be a number', () => expect(readAs(user, 33)).to.equal('33'))
  for (const value of [
    '33:',
    ':33',
    '33:www-data',
    'a:b',
    '-1',
    '1.5',
    '4294967295',
    '1:4294967295',
    'a\nb',
    '$',
    -1,
    1.5,
    true,
    {},
  ])
    it(`cannot be ${JSON.stringify(value)}`, () =>
      expect(readAs(user, value)).to.match(/^wrong: must be the name of a user/))
})

describe('the working directory of a service', () => {
  it('is absolute', () => {
    expect(readAs(absolutePath, '/')).to.equal('/')
    expect(readAs(absolutePath, '/a b/ä')).to.equal('/a b/ä')
    for (const value of ['a', '', './a', '/a\0', '/a\n', 5])
      expect(readAs(absolutePath, value)).to.match(/^wrong: must be an absolute path/)
  })
})

describe('the readiness of a service', () => {
  it('is its own message, or an address', () => {
    expect(readAs(readyProbe, 'notify')).to.equal('notify')
    for (const address of [
      'tcp:5432',
      'tcp:1',
      'tcp:65535',
      'tcp:db:5432',
      'tcp://db:5432',
      'tcp://[::1]:80',
      'http://localhost:8080/health',
      'https://x/',
      'exec:pg_isready -q',
      'file:/run/app.pid',
    ])
      expect(readAs(readyProbe, address)).to.deep.equal({ address })
  })

  it('is nothing else', () => {
    for (const value of ['Notify', '', 'database', 5432, true, ['notify']])
      expect(readAs(readyProbe, value), String(value)).to.match(
        /^wrong: must be "notify", tcp:PORT, .*, not /,
      )
    for (const value of [
      'tcp:',
      'tcp:0',
      'tcp:65536',
      'tcp://5432',
      'tcp:db',
      'tcp:a b:1',
      'http://',
      'exec:',
    ])
      expect(readAs(readyProbe, value), value).to.match(/^wrong: "[^"]+" (has|is) .*; write /)
    expect(readAs(readyProbe, 'db:1')).to.equal('wrong: "db:1" has no kind; write tcp:db:1')
  })
})

describe('the priority of a service', () => {
  it('is an integer from -20 to 19', () => {
    for (const value of [-20, 0, 19]) expect(readAs(niceness, value)).to.equal(value)
    for (const value of [-21, 20, 0.5, '5'])
      expect(readAs(niceness, value)).to.match(/^wrong: must be an integer/)
  })
})

describe('lists of services and of key paths', () => {
  it('name each wrong item by its index', () => {
    expect(readAs(serviceNames.list, ['serve', 'serve-a.b_c-1', 'oneshot-x'])).to.deep.equal([
      'serve',
      'serve-a.b_c-1',
      'oneshot-x',
    ])
    expect(readAs(serviceNames.list, ['serve', 'oneshot', 5])).to.equal(
      'wrong: 1: must be the name of a service, such as "serve-nginx", or of a oneshot, not "oneshot" | ' +
        'wrong: 2: must be the name of a service, such as "serve-nginx", or of a oneshot, not 5',
    )
    expect(readAs(keyPaths, ['a', 'a.b[0]["c.d"]'])).to.deep.equal(['a', 'a.b[0]["c.d"]'])
    expect(readAs(keyPaths, ['.', '', 'a[', 5])).to.match(
      /^wrong: 0: .*\| wrong: 1: .*\| wrong: 2: .*\| wrong: 3: /,
    )
    expect(readAs(keyPaths, {})).to.equal('wrong: must be a list, not {}')
  })
})
