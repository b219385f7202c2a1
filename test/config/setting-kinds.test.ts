import { expect } from 'chai'
import type { JsonValue } from '../../ww/config/json.ts'
import * as kinds from '../../ww/config/setting-kinds.ts'
import { readAs } from './settings-of.ts'

const { text, secret, webhookSecret, url, address, duration, positiveDuration, count, fraction, flag } = kinds

/** Checks what a kind reads: a value, and what comes of it. */
function describeKind<T>(name: string, kind: kinds.Kind<T>, rows: [given: JsonValue, read: unknown][]): void {
  describe(`a ${name}`, () => {
    for (const [given, read] of rows) {
      it(`is read from ${JSON.stringify(given)?.slice(0, 40)}`, () => {
        expect(readAs(kind, given)).to.deep.equal(read)
      })
    }
  })
}

describeKind('text', text, [
  ['', ''],
  ['a', 'a'],
  ['žluť 🐳', 'žluť 🐳'],
  ['a\u0000b', 'wrong: must be a string without control characters, not "a\\u0000b"'],
  ['a\nb', 'wrong: must be a string without control characters, not "a\\nb"'],
  ['a\ud800', 'wrong: must be a string without control characters, not "a\\ud800"'],
  [1, 'wrong: must be a string, not 1'],
  [null, 'wrong: must be a string, not null'],
])

describeKind('secret', secret, [
  ['a', 'a'],
  [12345, 'wrong: must be a string'],
])

describeKind('webhook secret', webhookSecret, [
  ['whsec_c2VjcmV0', 'whsec_c2VjcmV0'],
  [
    'my secret',
    'wrong: must be whsec_ and base64; create one with echo "whsec_$(head -c 32 /dev/urandom | base64)"',
  ],
  [5, 'wrong: must be whsec_ and base64; create one with echo "whsec_$(head -c 32 /dev/urandom | base64)"'],
])

const notUrl = 'wrong: must be an http:// or https:// URL, not '
describeKind('URL', url, [
  ['http://a', 'http://a'],
  ['https://a/b?c', 'https://a/b?c'],
  ['receiver:8080', `${notUrl}"receiver:8080"`],
  ['ftp://a', `${notUrl}"ftp://a"`],
  ['x http://a', `${notUrl}"x http://a"`],
  ['http://', `${notUrl}"http://"`],
  [['http://a'], `${notUrl}["http://a"]`],
])

const notAddress = 'wrong: must be "host:port", ":port" or "port", not '
describeKind('address', address, [
  [8080, '8080'],
  ['8080', '8080'],
  [':8080', ':8080'],
  ['0.0.0.0:80', '0.0.0.0:80'],
  ['[::1]:80', '[::1]:80'],
  [65_535, '65535'],
  [65_536, `${notAddress}65536`],
  ['here', `${notAddress}"here"`],
  ['a:b', `${notAddress}"a:b"`],
  [':', `${notAddress}":"`],
  [true, `${notAddress}true`],
])

const noUnit = 'wrong: must be a duration with a unit, such as "30s", "500ms" or "5m", not '
describeKind('duration', duration, [
  ['0s', 0],
  ['500ms', 500],
  ['24d', 2_073_600_000],
  ['24.1d', 'wrong: must be at most "24d", not "24.1d"'],
  [9, 'wrong: 9 has no unit; write "9s"'],
  ['9', 'wrong: "9" has no unit; write "9s"'],
  [1.5, 'wrong: 1.5 has no unit; write "1.5s"'],
  ['soon', `${noUnit}"soon"`],
  [-1, `${noUnit}-1`],
  ['9 s', `${noUnit}"9 s"`],
  [true, `${noUnit}true`],
])

describeKind('positive duration', positiveDuration, [
  ['1ms', 1],
  ['0s', 'wrong: must be greater than 0, not "0s"'],
  ['0.4ms', 'wrong: must be greater than 0, not "0.4ms"'],
  ['25d', 'wrong: must be at most "24d", not "25d"'],
])

describeKind('count', count, [
  [1, 1],
  [9_007_199_254_740_991, 9_007_199_254_740_991],
  [0, 'wrong: must be an integer of at least 1, not 0'],
  [1.5, 'wrong: must be an integer of at least 1, not 1.5'],
  ['1', 'wrong: must be an integer of at least 1, not "1"'],
])

describeKind('fraction', fraction, [
  [0, 0],
  [1, 1],
  [0.5, 0.5],
  [1.01, 'wrong: must be a number from 0 to 1, not 1.01'],
  [-0.01, 'wrong: must be a number from 0 to 1, not -0.01'],
  ['0', 'wrong: must be a number from 0 to 1, not "0"'],
])

describeKind('flag', flag, [
  [true, true],
  [false, false],
  ['true', 'wrong: must be true or false, not "true"'],
])

describeKind('map of texts', kinds.textMap, [
  [{}, {}],
  [
    { a: 'x', b: 1, c: false },
    { a: 'x', b: '1', c: 'false' },
  ],
  [{ a: {} }, 'wrong: must be an object of strings, not {"a":{}}'],
  [{ a: null }, 'wrong: must be an object of strings, not {"a":null}'],
  [['a'], 'wrong: must be an object of strings, not ["a"]'],
])

describeKind('signal', kinds.signal, [
  ['SIGTERM', 'SIGTERM'],
  ['SIGHUP', 'SIGHUP'],
  ['TERM', 'wrong: must be the name of a signal, such as "SIGTERM", not "TERM"'],
  [15, 'wrong: must be the name of a signal, such as "SIGTERM", not 15'],
])

describeKind('choice', kinds.oneOf(['exit', 'hold']), [
  ['exit', 'exit'],
  ['hold', 'hold'],
  ['wait', 'wrong: must be "exit" or "hold", not "wait"'],
])

describe('a value that is wrong', () => {
  it('has a message without the value, for one that is secret', () => {
    const safe = (kind: kinds.Kind<unknown>, value: JsonValue): unknown => {
      const read = kind.read(value)
      return read !== null && typeof read === 'object' && 'faults' in read && Array.isArray(read.faults)
        ? read.faults[0].safe
        : null
    }
    expect(safe(duration, 9)).to.equal('must be a duration with a unit, such as "30s", "500ms" or "5m"')
    expect(safe(url, 'x')).to.equal('must be an http:// or https:// URL')
  })
})
