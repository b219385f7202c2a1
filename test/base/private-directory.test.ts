import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { claimDirectory, statLink } from '../../ww/base/private-directory.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { makeReadOnly, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

describe('a private directory', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-private-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const modeOf = (path: string): number => statSync(path).mode & 0o777

  it('is made for this user alone, whatever the umask', () => {
    const before = process.umask(0)
    try {
      expect(claimDirectory(`${root}/own`)).to.equal(null)
    } finally {
      process.umask(before)
    }
    expect(modeOf(`${root}/own`)).to.equal(0o700)
  })

  for (const mode of [0o755, 0o777, 0o500, 0o701, 0o700]) {
    it(`is taken over from an earlier boot, and 0700 after 0${mode.toString(8)}`, () => {
      mkdirSync(`${root}/own`)
      writeFileSync(`${root}/own/file`, 'kept')
      chmodSync(`${root}/own`, mode)
      expect(claimDirectory(`${root}/own`)).to.equal(null)
      expect(modeOf(`${root}/own`)).to.equal(0o700)
      expect(existsSync(`${root}/own/file`)).to.equal(true)
    })
  }

  it('is refused when it is a link, and what that leads to is left alone', () => {
    mkdirSync(`${root}/victim`, { mode: 0o755 })
    symlinkSync(`${root}/victim`, `${root}/own`)
    expect(claimDirectory(`${root}/own`)).to.deep.equal({
      path: `${root}/own`,
      reason: 'it is a symbolic link',
      fix: 'remove it',
    })
    expect(modeOf(`${root}/victim`)).to.equal(0o755)
  })

  it('is refused when it is a file', () => {
    writeFileSync(`${root}/own`, '')
    expect(claimDirectory(`${root}/own`)).to.include({ reason: 'it is not a directory' })
  })

  it('is refused when it belongs to another user, by root too, and stays as it is', function () {
    needsRoot(this)
    mkdirSync(`${root}/own`, { mode: 0o755 })
    chownSync(`${root}/own`, 12_345, 12_345)
    expect(claimDirectory(`${root}/own`)).to.include({
      reason: 'it belongs to user 12345, the instance runs as user 0',
    })
    expect(modeOf(`${root}/own`)).to.equal(0o755)
    expect(statSync(`${root}/own`).uid).to.equal(12_345)
  })

  it('cannot be made where there is no directory above it', () => {
    expect(claimDirectory(`${root}/a/own`)).to.include({ reason: 'its directory does not exist' })
  })

  it('is refused on a read-only file system, whether it is there or not', function () {
    needsRoot(this)
    mountDisk(`${root}/disk`)
    try {
      mkdirSync(`${root}/disk/own`, { mode: 0o700 })
      makeReadOnly(`${root}/disk`)
      for (const name of ['own', 'other'])
        expect(claimDirectory(`${root}/disk/${name}`)).to.include({ reason: 'read-only file system' })
    } finally {
      unmountDisk(`${root}/disk`)
    }
  })

  it('leaves nothing beside it, also when it is refused', () => {
    claimDirectory(`${root}/own`)
    symlinkSync(root, `${root}/link`)
    claimDirectory(`${root}/link`)
    expect(readdirSync(root).sort()).to.deep.equal(['link', 'own'])
  })
})

describe('what is at a path', () => {
  it('is described without following a link, and nothing when there is nothing', () => {
    expect(statLink('/proc/self')?.isSymbolicLink()).to.equal(true)
    expect(statLink('/nowhere/at/all')).to.equal(null)
  })
})
