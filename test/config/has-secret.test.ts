import { expect } from 'chai'
import { hasSecret } from '../../ww/config/has-secret.ts'

describe('a key path of a configuration as it was written', () => {
  const written = { db: { pass: { $file: '/s' }, host: 'a' }, list: [1, { $file: '/t' }], $file: { a: 1 } }

  it('has a secret where its value, one around it, or one below it comes from a file', () => {
    for (const keys of [['db', 'pass'], ['db', 'pass', 'x'], ['db'], ['list'], ['list', '1'], []])
      expect(hasSecret(written, keys), keys.join('.')).to.equal(true)
  })

  it('has none anywhere else', () => {
    for (const keys of [['db', 'host'], ['list', '0'], ['none'], ['none', 'more'], ['$file']])
      expect(hasSecret(written, keys), keys.join('.')).to.equal(false)
    expect(hasSecret({ id: JSON.rawJSON('1.0') }, [])).to.equal(false)
  })
})
