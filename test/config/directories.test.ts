import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { findDirectories, findRun, locateDirectories } from '../../ww/config/directories.ts'
import { needsRoot, runAs } from '../helpers/as-user.ts'
import { makeReadOnly, mountDisk, unmountDisk } from '../helpers/small-disk.ts'

const user = process.geteuid?.() ?? 0
const other = 12_345

describe('the directories', () => {
  let root = ''
  let places = { usual: '', memory: '' }
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-directories-'))
    chmodSync(root, 0o755)
    mkdirSync(`${root}/memory`)
    chmodSync(`${root}/memory`, 0o1777)
    places = { usual: `${root}/run/ww`, memory: `${root}/memory` }
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const modeOf = (path: string): number => statSync(path).mode & 0o7777
  const makeShared = (path: string, mode = 0o1777): string => {
    mkdirSync(path, { recursive: true })
    chmodSync(path, mode)
    return path
  }
  const find = (WW_RUN?: string): string => findDirectories(WW_RUN ? { WW_RUN } : {}, places).run
  const findAs = (uid: number, WW_RUN?: string, name = 'findDirectories'): string =>
    String(
      runAs(
        uid,
        `const directories = await import('${resolve(import.meta.dirname, '../../ww/config/directories.ts')}')
         const places = ${JSON.stringify(places)}
         try {
           const found = directories.${name}(${JSON.stringify(WW_RUN ? { WW_RUN } : {})}, places)
           return typeof found === 'string' ? found : found.run
         } catch (error) { return error.exitCode + ' ' + error.message }`,
      ),
    )

  describe('from the environment', () => {
    it('are the usual ones where it names none', () => {
      expect(locateDirectories({})).to.include({
        home: '/ww',
        hooks: '/ww/usr',
        data: '/data',
        backup: '/backup',
      })
    })

    it('are absolute, also when they are given relative to the working directory', () => {
      const { run, ...found } = locateDirectories({
        WW_HOME: 'h',
        WW_DATA: './d',
        WW_BACKUP: '../b',
        WW_RUN: 'r',
      })
      expect(found).to.deep.equal({
        ...{ home: resolve('h'), hooks: resolve('h/usr'), data: resolve('d'), backup: resolve('../b') },
      })
      expect(run).to.equal(resolve('r'))
      expect(existsSync(run)).to.equal(false)
    })
  })

  describe('the run directory', () => {
    it('is made for this user alone, with ordinary directories above it', () => {
      expect(find(`${root}/a/b/run`)).to.equal(`${root}/a/b/run`)
      expect(modeOf(`${root}/a/b/run`)).to.equal(0o700)
      expect(modeOf(`${root}/a/b`)).to.equal(0o755)
    })

    it('is /run/ww without WW_RUN, or with an empty one', () => {
      expect(find()).to.equal(places.usual)
      expect(findDirectories({ WW_RUN: '' }, places).run).to.equal(places.usual)
    })

    it('is made private when it is ours and was readable by others', () => {
      makeShared(`${root}/own`, 0o755)
      expect(find(`${root}/own`)).to.equal(`${root}/own`)
      expect(modeOf(`${root}/own`)).to.equal(0o700)
    })

    for (const mode of [0o1777, 0o777, 0o775, 0o2770, 0o702]) {
      it(`is uid-${user} in a directory of ours that others can write (0${mode.toString(8)})`, () => {
        makeShared(`${root}/shared`, mode)
        expect(find(`${root}/shared`)).to.equal(`${root}/shared/uid-${user}`)
        expect(modeOf(`${root}/shared/uid-${user}`) & 0o777).to.equal(0o700)
        expect(modeOf(`${root}/shared`), 'the shared directory stays as it is').to.equal(mode)
      })
    }

    it('is the same at the next boot, also when the shared directory was made private meanwhile', () => {
      makeShared(`${root}/shared`)
      const first = find(`${root}/shared`)
      expect(find(`${root}/shared`)).to.equal(first)
      chmodSync(`${root}/shared`, 0o755)
      expect(find(`${root}/shared`)).to.equal(first)
    })

    it('is used as it is when it is the private directory that another call has found', () => {
      makeShared(`${root}/shared`)
      const first = find(`${root}/shared`)
      expect(find(first)).to.equal(first)
      expect(readdirSync(first)).to.deep.equal([])
    })

    it('leaves the mode of a directory of the whole machine alone', function () {
      needsRoot(this)
      const before = modeOf('/var/tmp')
      chmodSync('/var/tmp', 0o755)
      try {
        expect(find('/var/tmp')).to.equal(`/var/tmp/uid-${user}`)
        expect(modeOf('/var/tmp')).to.equal(0o755)
      } finally {
        rmSync(`/var/tmp/uid-${user}`, { recursive: true })
        chmodSync('/var/tmp', before)
      }
    })

    it('is in shared memory when a file has the usual place, or one above it', () => {
      mkdirSync(`${root}/run`)
      writeFileSync(places.usual, '')
      expect(find()).to.equal(`${root}/memory/ww-${user}`)
      places.usual += '/ww'
      expect(find()).to.equal(`${root}/memory/ww-${user}`)
    })

    it('is followed through a link of ours', () => {
      mkdirSync(`${root}/target`)
      symlinkSync(`${root}/target`, `${root}/link`)
      expect(find(`${root}/link`)).to.equal(`${root}/link`)
      expect(modeOf(`${root}/target`)).to.equal(0o700)
    })

    for (const [what, path] of [
      ['on a file system that has no directories of ours', '/proc/x'],
      ['below a file', '/etc/hostname/run'],
      ['a file', '/etc/hostname'],
      ['too long for any file system', `/tmp/${'x'.repeat(300)}`],
    ] as const) {
      it(`is refused at once, with one line, when WW_RUN is ${what}`, function () {
        needsRoot(this)
        expect(() => find(path))
          .to.throw(/^WW_RUN: cannot use \/[^\n]+: [^\n]+; set it to a directory that can be created$/)
          .with.property('exitCode', 78)
      })
    }
  })

  describe('for root', () => {
    beforeEach(function () {
      needsRoot(this)
    })

    it('is uid-0 in a tmpfs that everybody can write', () => {
      mountDisk(`${root}/disk`, 'mode=1777')
      try {
        expect(find(`${root}/disk`)).to.equal(`${root}/disk/uid-0`)
      } finally {
        unmountDisk(`${root}/disk`)
      }
    })

    it('is uid-0 in a directory of another user', () => {
      makeShared(`${root}/theirs`, 0o755)
      chownSync(`${root}/theirs`, other, other)
      expect(find(`${root}/theirs`)).to.equal(`${root}/theirs/uid-0`)
      expect(statSync(`${root}/theirs`).uid).to.equal(other)
    })

    it('is in shared memory when the usual place is read-only, for readers too', () => {
      mountDisk(`${root}/run`)
      try {
        makeShared(`${root}/run/ww`)
        makeReadOnly(`${root}/run`)
        expect(find()).to.equal(`${root}/memory/ww-0`)
        expect(findRun({}, places)).to.equal(`${root}/memory/ww-0`)
      } finally {
        unmountDisk(`${root}/run`)
      }
    })

    it('is never what another user has planted at uid-0', () => {
      makeShared(places.usual)
      mkdirSync(`${places.usual}/uid-0`)
      chownSync(`${places.usual}/uid-0`, other, other)
      expect(find()).to.equal(`${root}/memory/ww-0`)
      expect(findRun({}, places)).to.equal(`${root}/memory/ww-0`)
    })

    it('is never reached through a link that another user has planted', () => {
      mkdirSync(`${root}/victim`, { mode: 0o755 })
      symlinkSync(`${root}/victim`, `${root}/link`)
      lchownSync(`${root}/link`, other, other)
      expect(find(`${root}/link`)).to.equal(`${root}/memory/ww-0`)
      expect(modeOf(`${root}/victim`)).to.equal(0o755)
    })
  })

  describe('for another user', () => {
    beforeEach(function () {
      needsRoot(this)
    })

    it('is uid-N in a tmpfs that everybody can write, and its own', () => {
      mountDisk(`${root}/disk`, 'mode=1777')
      try {
        expect(findAs(other, `${root}/disk`)).to.equal(`${root}/disk/uid-${other}`)
        expect(statSync(`${root}/disk/uid-${other}`)).to.include({ uid: other })
        expect(modeOf(`${root}/disk/uid-${other}`)).to.equal(0o700)
      } finally {
        unmountDisk(`${root}/disk`)
      }
    })

    it('is in shared memory when WW_RUN belongs to root and cannot be written', () => {
      makeShared(`${root}/theirs`, 0o755)
      expect(findAs(other, `${root}/theirs`)).to.equal(`${root}/memory/ww-${other}`)
      expect(findAs(other, `${root}/theirs`, 'findRun')).to.equal(`${root}/memory/ww-${other}`)
    })

    it('is refused with one line that names both places when there is no shared memory either', () => {
      makeShared(`${root}/theirs`, 0o755)
      chmodSync(places.memory, 0o755)
      expect(findAs(other, `${root}/theirs`)).to.equal(
        `78 cannot write ${root}/theirs (it belongs to user 0, the instance runs as user ${other}), ` +
          `nor ${places.memory} (it belongs to user 0, the instance runs as user ${other}); ` +
          `mount a tmpfs on ${root}/theirs, or set WW_RUN to a directory that user ${other} can write`,
      )
    })

    for (const planted of ['a link', 'a directory', 'a file']) {
      it(`is never ${planted} of somebody else's at uid-N`, () => {
        makeShared(`${root}/shared`)
        mkdirSync(`${root}/victim`, { mode: 0o777 })
        const place = `${root}/shared/uid-${other}`
        if (planted === 'a link') symlinkSync(`${root}/victim`, place)
        else if (planted === 'a file') writeFileSync(place, '')
        else makeShared(place, 0o777)
        expect(findAs(other, `${root}/shared`)).to.equal(`${root}/memory/ww-${other}`)
        expect(readdirSync(`${root}/victim`)).to.deep.equal([])
        if (planted === 'a link') expect(readlinkSync(place)).to.equal(`${root}/victim`)
      })
    }

    it('is never a link of its own at uid-N, which could lead anywhere', () => {
      makeShared(`${root}/shared`)
      symlinkSync(`${root}/memory`, `${root}/shared/uid-${other}`)
      lchownSync(`${root}/shared/uid-${other}`, other, other)
      expect(findAs(other, `${root}/shared`)).to.equal(`${root}/memory/ww-${other}`)
    })
  })

  describe('for a reader', () => {
    const boot = (path: string, uid = user): string => {
      mkdirSync(path, { recursive: true })
      writeFileSync(`${path}/cfg-lookup`, '')
      if (uid !== user) for (const made of [path, `${path}/cfg-lookup`]) chownSync(made, uid, uid)
      return path
    }

    it('is where the instance is: each place in turn', () => {
      makeShared(`${root}/shared`)
      expect(findRun({ WW_RUN: `${root}/shared` })).to.equal(`${root}/shared`)
      for (const path of [`${root}/plain`, `${root}/shared`]) {
        const run = find(path)
        expect(findRun({ WW_RUN: path }, places)).to.equal(run)
      }
    })

    it('is WW_RUN or /run/ww, for its message, where no instance has booted', () => {
      expect(findRun({ WW_RUN: `${root}/nothing` }, places)).to.equal(`${root}/nothing`)
      expect(findRun({}, places)).to.equal(places.usual)
      expect(existsSync(places.usual)).to.equal(false)
    })

    it('is never a link at uid-N, which could lead anywhere', () => {
      makeShared(places.usual)
      mkdirSync(`${root}/target`)
      symlinkSync(`${root}/target`, `${places.usual}/uid-${user}`)
      expect(findRun({}, places)).to.equal(places.usual)
    })

    it('makes and changes nothing', () => {
      makeShared(`${root}/own`, 0o755)
      findRun({ WW_RUN: `${root}/own` }, places)
      expect(modeOf(`${root}/own`)).to.equal(0o755)
      expect(readdirSync(`${root}/own`)).to.deep.equal([])
    })

    it("is another user's instance for root, when that is the only one", function () {
      needsRoot(this)
      makeShared(places.usual)
      const run = boot(`${places.usual}/uid-${other}`, other)
      expect(findRun({}, places)).to.equal(run)
      expect(findRun({ WW_RUN: places.usual }, places)).to.equal(run)
      boot(`${places.usual}/uid-999`, 999)
      expect(findRun({}, places), 'which of the two?').to.equal(places.usual)
    })

    it("is another user's instance in shared memory for root, without WW_RUN", function () {
      needsRoot(this)
      const run = boot(`${places.memory}/ww-${other}`, other)
      expect(findRun({}, places)).to.equal(run)
      expect(findRun({ WW_RUN: `${root}/x` }, places)).to.equal(`${root}/x`)
    })

    it("is root's own instance before any other", function () {
      needsRoot(this)
      makeShared(places.usual)
      boot(`${places.usual}/uid-${other}`, other)
      const own = boot(`${places.usual}/uid-0`)
      expect(findRun({}, places)).to.equal(own)
    })

    it('is where any other user is refused, so that the refusal is reported, unless it has its own', function () {
      needsRoot(this)
      makeShared(places.usual)
      boot(`${places.usual}/uid-999`, 999)
      expect(findAs(other, undefined, 'findRun')).to.equal(`${places.usual}/uid-999`)
      boot(`${places.usual}/uid-${other}`, other)
      expect(findAs(other, undefined, 'findRun')).to.equal(`${places.usual}/uid-${other}`)
    })
  })
})
