import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { describeWriteError } from '../../ww/base/write-error.ts'
import { needsRoot, runAs } from '../helpers/as-user.ts'
import { fillDisk, makeReadOnly, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

const failure = (code: string): Error => Object.assign(new Error(`${code}: as the system says`), { code })

describe('an error of writing, described', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-errors-'))
    chmodSync(root, 0o755)
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  /** What a real attempt to write the file says. */
  const attempt = (path: string): string => {
    try {
      writeFileSync(path, 'x'.repeat(100_000))
      return 'it was written'
    } catch (error) {
      return describeWriteError(path, error)
    }
  }
  const attemptAs = (uid: number, path: string): unknown =>
    runAs(
      uid,
      `const { writeFileSync } = await import('node:fs')
       const { describeWriteError } = await import('${import.meta.dirname}/../../ww/base/write-error.ts')
       try { writeFileSync('${path}', 'x') } catch (error) { return describeWriteError('${path}', error) }`,
    )
  const onDisk = (options: string, work: (disk: string) => void): void => {
    const disk = join(root, 'disk')
    mountDisk(disk, options)
    try {
      work(disk)
    } finally {
      unmountDisk(disk)
    }
  }

  it('says how full a full disk is', function () {
    needsRoot(this)
    onDisk('size=64k', (disk) => {
      fillDisk(disk)
      expect(attempt(`${disk}/file`)).to.equal(
        `cannot write ${disk}/file: no space left on device (0 B of 66 kB free); free space, then start again`,
      )
      // a running instance tries again by itself
      expect(describeWriteError(`${disk}/file`, failure('ENOSPC'), '')).to.match(/; free space$/)
    })
  })

  it('tells a disk without inodes from a full one', function () {
    needsRoot(this)
    onDisk('nr_inodes=3', (disk) => {
      for (const name of ['a', 'b']) writeFileSync(`${disk}/${name}`, '')
      expect(attempt(`${disk}/file`)).to.equal(
        `cannot write ${disk}/file: no inodes left on device (0 of 3 free); remove files, then start again`,
      )
    })
  })

  it('says how to make a read-only volume writable', function () {
    needsRoot(this)
    onDisk('size=64k', (disk) => {
      makeReadOnly(disk)
      expect(attempt(`${disk}/file`)).to.equal(
        `cannot write ${disk}/file: read-only file system; mount the volume without :ro`,
      )
    })
  })

  it('names the directory that belongs to somebody else, and both users', function () {
    needsRoot(this)
    mkdirSync(`${root}/data`)
    expect(attemptAs(12_345, `${root}/data/whaleup`)).to.equal(
      `cannot write ${root}/data: it belongs to user 0, the instance runs as user 12345; run chown -R 12345 on the volume`,
    )
  })

  it('names the file when that is what belongs to somebody else', function () {
    needsRoot(this)
    mkdirSync(`${root}/data`)
    chownSync(`${root}/data`, 12_345, 12_345)
    writeFileSync(`${root}/data/file`, '')
    expect(attemptAs(12_345, `${root}/data/file`)).to.match(
      /^cannot write \S+\/data\/file: it belongs to user 0, /,
    )
  })

  it('names the mode of a directory of ours that has no write permission', function () {
    needsRoot(this)
    mkdirSync(`${root}/data`)
    chownSync(`${root}/data`, 12_345, 12_345)
    chmodSync(`${root}/data`, 0o555)
    expect(attemptAs(12_345, `${root}/data/file`)).to.equal(
      `cannot write ${root}/data: its mode is 0555; run chmod u+w ${root}/data`,
    )
  })

  it('names a security policy when owner and mode are no reason', () => {
    expect(describeWriteError(root, failure('EACCES'))).to.equal(
      `cannot write ${root}: permission denied; check the mount and its security policy`,
    )
  })

  const plain: [string, string][] = [
    ['EROFS', 'read-only file system; mount the volume without :ro'],
    ['ENOENT', 'its directory does not exist; create it'],
    ['ENOTDIR', 'a part of the path is not a directory; correct the path'],
    ['EEXIST', 'something else is there; remove it'],
    ['EISDIR', 'it is a directory; remove it'],
    ['ELOOP', 'a part of the path is a symbolic link that is not followed; replace it by a directory'],
    ['ENAMETOOLONG', 'the path is too long; choose a shorter one'],
    ['EDQUOT', 'disk quota exceeded; free space or raise the quota'],
    ['EIO', 'input/output error; check the disk'],
    ['EMFILE', 'too many open files; raise the limit of open files'],
    ['ENFILE', 'too many open files on this machine; raise fs.file-max'],
    ['EXDEV', 'EXDEV: as the system says; check the path'],
  ]
  for (const [code, text] of plain) {
    it(`says what to do about ${code}`, () =>
      expect(describeWriteError('/a/file', failure(code))).to.equal(`cannot write /a/file: ${text}`))
  }

  it('shows anything else as it is', () => {
    expect(describeWriteError('/a', 'thrown')).to.equal('cannot write /a: thrown; check the path')
  })
})
