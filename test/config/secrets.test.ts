import { expect } from 'chai'
import { readSecretFile, readSecrets } from '../../ww/config/secrets.ts'
import { Place } from './place.ts'
import { linesOf } from './settings-of.ts'

describe('secrets in files', () => {
  const read = (path: string): string => {
    if (path === '/none') throw Object.assign(new Error(''), { code: 'ENOENT' })
    return `content of ${path}`
  }

  it('replace the objects that name the files, at every depth', () => {
    const { config, secrets, problems } = readSecrets(
      { a: { $file: '/a' }, list: [1, { $file: '/b' }, { 'x.y': { $file: '/c' } }], b: 'text' },
      read,
    )
    expect(config).to.deep.equal({
      a: 'content of /a',
      list: [1, 'content of /b', { 'x.y': 'content of /c' }],
      b: 'text',
    })
    expect([...secrets]).to.deep.equal(['a', 'list.1', 'list.2["x.y"]'])
    expect(problems).to.deep.equal([])
  })

  it('are reported where they cannot be read, each by its key path', () => {
    const { config, problems } = readSecrets(
      { db: { password: { $file: '/none' } }, x: { $file: '/none' } },
      read,
    )
    expect(linesOf(problems)).to.deep.equal([
      'db.password: cannot read /none: no such file; mount the secret or correct "$file"',
      'x: cannot read /none: no such file; mount the secret or correct "$file"',
    ])
    expect(config).to.deep.equal({ db: { password: '' }, x: '' })
  })

  it('are reported where "$file" is not a path, without its value', () => {
    for (const $file of [5, '', null, ['/x'], { a: 'b' }]) {
      const { problems } = readSecrets({ a: { $file } }, read)
      expect(linesOf(problems)).to.deep.equal(['a: "$file" must be the path of a file'])
    }
  })

  it('are reported where "$file" has other keys beside it', () => {
    const { problems } = readSecrets({ a: { $file: '/x', y: 1 } }, read)
    expect(linesOf(problems)).to.deep.equal(['a: an object with "$file" has no other key; remove "y"'])
  })

  it('lose their last line end, and only that', () => {
    const place = new Place()
    const contents: [content: string, secret: string][] = [
      ['a', 'a'],
      ['a\n', 'a'],
      ['a\r\n', 'a'],
      ['a\n\n', 'a\n'],
      ['a b\nc \n', 'a b\nc '],
    ]
    for (const [content, secret] of contents)
      expect(readSecretFile(place.write('secret', content))).to.equal(secret)
    expect(readSecrets({ a: { $file: place.at('secret') } }).config).to.deep.equal({ a: 'a b\nc ' })
    place.remove()
  })
})
