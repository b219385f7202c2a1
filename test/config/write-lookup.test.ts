import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { makePrivate, writeLookup } from '../../ww/config/write-lookup.ts'
import { isRoot, needsRoot } from '../helpers/as-user.ts'

const large = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'x'.repeat(100)]))

describe('the lookup in a directory', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync('/tmp/ww-lookup-')
  })
  afterEach(() => rmSync(root, { recursive: true }))
  const filesIn = (directory: string): string[] =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(directory, name))
      .filter((path) => statSync(path).isFile())

  it('is for this user alone, and returned as a path', () => {
    expect(writeLookup(large, root)).to.equal(`${root}/cfg-lookup`)
    expect(filesIn(root).length).to.be.greaterThan(2)
    for (const path of filesIn(root)) expect(statSync(path).mode & 0o777, path).to.equal(0o600)
  })

  it('is for its owner alone, in directories that only this user changes', function () {
    needsRoot(this)
    writeLookup(large, root, { uid: 61001 })
    for (const path of filesIn(root)) {
      const { mode, uid } = statSync(path)
      expect([mode & 0o777, uid], path).to.deep.equal([0o400, 61001])
    }
  })

  it('leaves nothing behind where it fails', function () {
    if (isRoot) mkdirSync(join(root, 'cfg-lookup'))
    else this.skip()
    expect(() => writeLookup({ a: 1 }, root, { uid: 61001 })).to.throw()
    expect(readdirSync(root)).to.deep.equal(['cfg-lookup'])
  })

  it('has directories that others may pass through where there is an owner, whatever the umask', () => {
    const umask = process.umask(0o077)
    makePrivate(join(root, 'own'), null)
    makePrivate(join(root, 'shared'), { uid: 61001 })
    process.umask(umask)
    const modes = ['own', 'shared'].map((name) => statSync(join(root, name)).mode & 0o777)
    expect(modes).to.deep.equal([0o700, 0o711])
  })
})
