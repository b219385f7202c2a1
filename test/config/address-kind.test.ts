import { expect } from 'chai'
import { type Address, address, addressSchema, parseAddress } from '../../ww/config/address-kind.ts'
import { Wrong } from '../../ww/config/wrong.ts'
import { readAs } from './settings-of.ts'

const tcp = (host: string, port: number): Address => ({ kind: 'tcp', host, port })
const forms = 'tcp:HOST:PORT, http://…, file:/path or exec:command'

describe('an address', () => {
  for (const [text, expected] of [
    ['tcp:db:5432', tcp('db', 5432)],
    ['tcp://db:5432', tcp('db', 5432)],
    ['TCP://db:5432/', tcp('db', 5432)],
    ['tcp:5432', tcp('localhost', 5432)],
    ['tcp:1', tcp('localhost', 1)],
    ['tcp:65535', tcp('localhost', 65_535)],
    ['tcp://10.0.0.1:80', tcp('10.0.0.1', 80)],
    ['tcp:[::1]:80', tcp('::1', 80)],
    ['tcp://[fe80::1%eth0]:80', tcp('fe80::1%eth0', 80)],
    ['file:/x', { kind: 'file', path: '/x' }],
    ['file:///x y', { kind: 'file', path: '/x y' }],
    ['exec:test -e "a: b"', { kind: 'exec', command: 'test -e "a: b"' }],
  ] as const) {
    it(`is ${text}`, () => expect(parseAddress(text)).to.deep.equal(expected))
  }

  it('is a URL', () => {
    for (const text of ['http://a/', 'HTTP://a:1/b?c', 'https://[::1]/'])
      expect(parseAddress(text)).to.deep.equal({ kind: 'http', url: new URL(text) })
  })

  for (const [text, problem, fix] of [
    ['database', `is not ${forms}`],
    ['', `is not ${forms}`],
    [':1', `is not ${forms}`],
    ['ftp://x', `is not ${forms}`],
    ['notify', `is not ${forms}`],
    ['x http://a', `is not ${forms}`],
    ['db:5432', 'has no kind', 'tcp:db:5432'],
    ['5432', 'has no kind', 'tcp:5432'],
    ['/run/ready', 'has no kind', 'file:/run/ready'],
    ['tcp:', 'has no port', 'tcp:HOST:PORT'],
    ['tcp:db', 'has no port', 'tcp:db:PORT'],
    ['tcp://db', 'has no port', 'tcp:db:PORT'],
    ['tcp:[::1]', 'has no port', 'tcp:[::1]:PORT'],
    ['tcp:db:', 'has no port from 1 to 65535', 'tcp:db:PORT'],
    ['tcp:db:http', 'has no port from 1 to 65535', 'tcp:db:PORT'],
    ['tcp:db:0', 'has no port from 1 to 65535', 'tcp:db:PORT'],
    ['tcp:db:65536', 'has no port from 1 to 65535', 'tcp:db:PORT'],
    ['tcp:65536', 'has no port from 1 to 65535', 'tcp:HOST:PORT'],
    ['tcp://:5432', 'has no host', 'tcp:HOST:5432, or tcp:5432 for this machine'],
    ['tcp::5432', 'has no host', 'tcp:HOST:5432, or tcp:5432 for this machine'],
    ['tcp://5432', 'has no host', 'tcp:HOST:5432, or tcp:5432 for this machine'],
    ['tcp:::1:80', 'has an IPv6 address without brackets', 'tcp:[::1]:80'],
    ['tcp://a/b:1', 'is more than a host and a port', 'tcp:HOST:PORT'],
    ['tcp://me@a:1', 'is more than a host and a port', 'tcp:HOST:PORT'],
    ['http://', 'is not a URL', 'http://HOST:PORT/path'],
    ['http:a', 'is not a URL', 'http://HOST:PORT/path'],
    ['https://a:99999/', 'is not a URL', 'http://HOST:PORT/path'],
    ['file:', 'has no path', 'file:/path'],
    ['exec:', 'has no command', 'exec:command'],
    ['exec: ', 'has no command', 'exec:command'],
  ] as const) {
    it(`is not ${text || 'an empty text'}: ${problem}`, () => {
      const write = fix === undefined ? {} : { fix: `write ${fix}` }
      expect(parseAddress(text)).to.deep.equal({ kind: 'wrong', problem, ...write })
    })
  }

  it('as a setting is the text itself', () => {
    expect(readAs(address, 'tcp:5432')).to.equal('tcp:5432')
    expect(readAs(address, 'tcp:db')).to.equal('wrong: "tcp:db" has no port; write tcp:db:PORT')
    expect(readAs(address, null)).to.equal(`wrong: must be ${forms}, not null`)
  })

  it('that may be secret is not shown', () => {
    const read = address.read('tcp://me:secret@a:1')
    expect(read instanceof Wrong && read.faults[0]?.safe).to.equal(`must be ${forms}`)
  })

  it('is in JSON Schema what it is here, as far as a pattern can be', () => {
    const pattern = new RegExp(String(addressSchema.pattern))
    for (const text of ['tcp:db:1', 'TCP://db:1/', 'tcp:1', 'HTTPS://a', 'file:/x', 'exec:a'])
      expect(pattern.test(text), text).to.equal(true)
    for (const text of ['db:1', 'tcp:db', 'tcp:', 'http:a', 'file:', 'exec: ', 'xtcp:a:1', ''])
      expect(pattern.test(text), text).to.equal(false)
  })
})
