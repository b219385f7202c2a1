import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { claimBelow, claimState, formatRefusal } from '../../ww/data/state-directory.ts'

describe('whaleware’s own directory', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-state-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))
  const modeOf = (path: string): number => statSync(path).mode & 0o777

  it('is made private, in a /data that is made where there is none', () => {
    expect(claimState(`${root}/a/data`)).to.equal(null)
    expect(modeOf(`${root}/a/data/.ww`)).to.equal(0o700)
  })

  it('has private directories below it, in a base that is made where there is none', () => {
    expect(claimBelow(`${root}/run`, 'web')).to.equal(null)
    expect([modeOf(`${root}/run/.ww`), modeOf(`${root}/run/.ww/web`)]).to.deep.equal([0o700, 0o700])
    expect(claimBelow(`${root}/run`, 'web')).to.equal(null)
  })

  it('is refused in terms of the directory above it when that cannot be made', () => {
    writeFileSync(`${root}/file`, '')
    const reason = 'a part of the path is not a directory'
    expect(claimState(`${root}/file/data`)).to.equal(
      `cannot write ${root}/file/data: ${reason}; correct the path`,
    )
    const refusal = { path: `${root}/file/run`, reason, fix: 'correct the path' }
    expect(claimBelow(`${root}/file/run`, 'web')).to.deep.equal(refusal)
  })

  it('is refused where something else is in its place, or in that of a directory below it', () => {
    symlinkSync(root, `${root}/.ww`)
    const reason = 'it is a symbolic link'
    expect(claimState(root)).to.equal(`cannot write ${root}/.ww: ${reason}; remove it`)
    expect(claimBelow(root, 'web')).to.deep.equal({ path: `${root}/.ww`, reason, fix: 'remove it' })
    rmSync(`${root}/.ww`)
    claimState(root)
    writeFileSync(`${root}/.ww/web`, '')
    expect(claimBelow(root, 'web')).to.deep.equal({
      path: `${root}/.ww/web`,
      reason: 'it is not a directory',
      fix: 'remove it',
    })
  })

  it('is refused with one sentence', () => {
    const refusal = { path: '/data', reason: 'read-only file system', fix: 'mount it without :ro' }
    expect(formatRefusal(refusal)).to.equal('cannot write /data: read-only file system; mount it without :ro')
  })
})
