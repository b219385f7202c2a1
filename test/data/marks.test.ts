import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { DataMarks } from '../../ww/data/marks.ts'
import { needsRoot, runAs } from '../helpers/as-user.ts'
import { fillDisk, makeReadOnly, mountDisk, unmountDisk } from '../helpers/small-disk.ts'
import { recordFileCalls } from '../helpers/watch-files.ts'

describe('the marks in /data', () => {
  let data = ''
  let marks: DataMarks
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'ww-data-'))
    chmodSync(data, 0o755)
    marks = new DataMarks(data)
  })
  afterEach(() => rmSync(data, { recursive: true, force: true }))

  const readMark = (): Record<string, string> => JSON.parse(readFileSync(`${data}/whaleup`, 'utf8'))
  const onDisk = (work: () => void): void => {
    mountDisk(data)
    try {
      work()
    } finally {
      unmountDisk(data)
    }
  }
  const callAs = (uid: number, call: string): unknown =>
    runAs(
      uid,
      `const { DataMarks } = await import('${resolve(import.meta.dirname, '../../ww/data/marks.ts')}')
       return new DataMarks('${data}').${call}`,
    )

  describe('of a directory that was never initialised', () => {
    it('are none, also where the directory has to be made', () => {
      expect(marks.inspect()).to.deep.equal({ kind: 'fresh', interrupted: false })
      expect(new DataMarks(`${data}/a/b`).inspect()).to.deep.equal({ kind: 'fresh', interrupted: false })
      expect(existsSync(`${data}/a/b`)).to.equal(true)
    })

    it('show a firstboot that has begun and did not finish', () => {
      expect(marks.begin('boot')).to.equal(null)
      expect(marks.inspect()).to.deep.equal({ kind: 'fresh', interrupted: true })
    })

    it('are for this user alone where they are whaleware’s own', () => {
      marks.begin('boot')
      expect(statSync(`${data}/.ww`).mode & 0o777).to.equal(0o700)
      expect(statSync(`${data}/.ww/firstboot-begun`).mode & 0o777).to.equal(0o600)
    })
  })

  describe('of a directory that is initialised', () => {
    it('have the version, and no unfinished firstboot', () => {
      marks.begin('boot')
      expect(marks.complete('1.2', 'boot')).to.equal(null)
      expect(marks.inspect()).to.deep.equal({ kind: 'initialised', version: '1.2' })
      expect(readdirSync(`${data}/.ww`)).to.deep.equal([])
      expect(statSync(`${data}/whaleup`).mode & 0o777).to.equal(0o644)
    })

    it('remember when it was initialised, and who upgraded it when', () => {
      marks.complete('1', 'first')
      const { initialisedAt = '', upgradedAt } = readMark()
      expect(initialisedAt).to.equal(upgradedAt)
      expect(Date.parse(initialisedAt)).to.be.closeTo(Date.now(), 60_000)
      marks.complete('2', 'second')
      expect(readMark()).to.include({ version: '2', bootId: 'second', initialisedAt })
    })

    it('keep the recorded version at a boot of an image that has none', () => {
      marks.complete('7.4', 'first')
      marks.complete('', 'second')
      expect(marks.inspect()).to.deep.equal({ kind: 'initialised', version: '7.4' })
      expect(readMark().bootId).to.equal('second')
    })

    it('have no version when no image ever had one', () => {
      marks.complete('', 'first')
      expect(marks.inspect()).to.deep.equal({ kind: 'initialised', version: '' })
    })

    for (const [what, content] of [
      ['the original whaleware, which is empty', ''],
      ['somebody else, which is no JSON', 'yes'],
      ['somebody else, which is no object', '"1.2"'],
      ['somebody else, which has a version of another kind', '{"version": 3, "initialisedAt": 4}'],
    ] as const) {
      it(`have no version when the mark is that of ${what}`, () => {
        writeFileSync(`${data}/whaleup`, content)
        expect(marks.inspect()).to.deep.equal({ kind: 'initialised', version: '' })
        marks.complete('1', 'boot')
        expect(Date.parse(readMark().initialisedAt ?? '')).to.be.closeTo(Date.now(), 60_000)
      })
    }

    it('are readable where /data is read-only', function () {
      needsRoot(this)
      onDisk(() => {
        marks.complete('1', 'boot')
        makeReadOnly(data)
        expect(marks.inspect()).to.deep.equal({ kind: 'initialised', version: '1' })
        expect(marks.complete('2', 'boot')).to.equal(
          `cannot write ${data}/whaleup: read-only file system; mount the volume without :ro`,
        )
      })
    })

    it('are readable for a user who cannot write them', function () {
      needsRoot(this)
      marks.complete('1', 'boot')
      expect(callAs(12_345, 'inspect()')).to.deep.equal({ kind: 'initialised', version: '1' })
    })
  })

  describe('of a directory that cannot be used', () => {
    const foreign = (): string =>
      `cannot write ${data}: it belongs to user 0, the instance runs as user 12345; run chown -R 12345 on the volume`

    it('name both users when root has made it and the instance is another user', function () {
      needsRoot(this)
      expect(callAs(12_345, 'inspect()')).to.deep.equal({ kind: 'unusable', reason: foreign() })
      expect(callAs(12_345, `begin('boot')`)).to.equal(foreign())
      expect(callAs(12_345, `complete('1', 'boot')`)).to.equal(foreign())
    })

    it('never pass for those of a fresh one when they may not be read', function () {
      needsRoot(this)
      marks.complete('1', 'boot')
      chmodSync(data, 0o700)
      expect(callAs(12_345, 'inspect()')).to.deep.equal({ kind: 'unusable', reason: foreign() })
      chmodSync(data, 0o755)
      chmodSync(`${data}/whaleup`, 0o600)
      expect(callAs(12_345, 'inspect()')).to.deep.equal({
        kind: 'unusable',
        reason: `cannot read ${data}/whaleup: permission denied; make it readable for the user of the instance`,
      })
    })

    it('never pass for those of a fresh one when the mark cannot be read', () => {
      mkdirSync(`${data}/whaleup`)
      expect(marks.inspect())
        .to.have.property('reason')
        .that.matches(/^cannot read .*\/whaleup: EISDIR/)
      expect(marks.complete('1', 'boot')).to.match(/^cannot read .*\/whaleup: EISDIR/)
      rmSync(`${data}/whaleup`, { recursive: true })
      symlinkSync('nowhere', `${data}/whaleup`)
      expect(marks.inspect()).to.have.property('kind', 'unusable')
    })

    it('are read without waiting for what another user has planted there', function () {
      this.timeout(5000)
      spawnSync('mkfifo', [`${data}/whaleup`])
      const inspected = spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `const { DataMarks } = await import('${resolve(import.meta.dirname, '../../ww/data/marks.ts')}')
           console.log(new DataMarks('${data}').inspect().kind)`,
        ],
        { encoding: 'utf8', timeout: 3000 },
      )
      expect(inspected.stdout).to.equal('initialised\n')
      rmSync(`${data}/whaleup`)
      symlinkSync('/dev/zero', `${data}/whaleup`)
      expect(marks.inspect()).to.deep.equal({ kind: 'initialised', version: '' })
    })

    it('say that a fresh one is read-only', function () {
      needsRoot(this)
      onDisk(() => {
        makeReadOnly(data)
        expect(marks.inspect()).to.deep.equal({
          kind: 'unusable',
          reason: `cannot write ${data}: read-only file system; mount the volume without :ro`,
        })
      })
    })

    it('say that the disk is full, at both writes, and leave no half of one', function () {
      needsRoot(this)
      onDisk(() => {
        mkdirSync(`${data}/.ww`)
        fillDisk(data)
        const full = 'no space left on device (0 B of 66 kB free); free space, then start again'
        expect(marks.begin('boot')).to.equal(`cannot write ${data}/.ww/firstboot-begun: ${full}`)
        expect(marks.complete('1', 'boot')).to.equal(`cannot write ${data}/whaleup: ${full}`)
        expect(marks.inspect()).to.deep.equal({ kind: 'fresh', interrupted: false })
        expect(readdirSync(data).sort()).to.deep.equal(['.ww', 'filler'])
      })
    })

    it('still show the unfinished firstboot when the mark cannot be written', function () {
      needsRoot(this)
      onDisk(() => {
        expect(marks.begin('boot')).to.equal(null)
        fillDisk(data)
        expect(marks.complete('1', 'boot')).to.match(/no space left/)
        expect(marks.inspect()).to.deep.equal({ kind: 'fresh', interrupted: true })
      })
    })

    it('say so of a file, and of what is below one', () => {
      writeFileSync(`${data}/file`, '')
      for (const path of [`${data}/file`, `${data}/file/data`]) {
        expect(new DataMarks(path).inspect()).to.deep.equal({
          kind: 'unusable',
          reason: `cannot write ${path}: a part of the path is not a directory; correct the path`,
        })
      }
    })

    it('are not written into a directory that another user has planted', function () {
      needsRoot(this)
      mkdirSync(`${data}/.ww`)
      chownSync(`${data}/.ww`, 12_345, 12_345)
      expect(marks.begin('boot')).to.match(/^cannot write \S+\/\.ww: it belongs to user 12345, /)
      rmSync(`${data}/.ww`, { recursive: true })
      symlinkSync(tmpdir(), `${data}/.ww`)
      expect(marks.begin('boot')).to.match(/^cannot write \S+\/\.ww: it is a symbolic link; remove it$/)
    })
  })

  describe('on a disk that may lose its power', () => {
    const synchronised = (work: () => void): string[] =>
      recordFileCalls(work)
        .map((call) => call.replaceAll(data, '/data').replace(/\.[0-9a-f-]{36}-\d+\.tmp/, '.tmp'))
        .filter((call) => /^(fsync|rename|rm) /.test(call))

    it('are there when the call returns, and the note of an unfinished firstboot is removed only then', () => {
      expect(synchronised(() => marks.begin('boot'))).to.deep.equal([
        'fsync /data/.ww/firstboot-begun.tmp',
        'rename /data/.ww/firstboot-begun.tmp',
        'fsync /data/.ww',
      ])
      expect(synchronised(() => marks.complete('1', 'boot'))).to.deep.equal([
        'fsync /data/whaleup.tmp',
        'rename /data/whaleup.tmp',
        'fsync /data',
        'rm /data/.ww/firstboot-begun',
      ])
    })
  })
})
