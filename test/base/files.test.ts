import {
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
import { join } from 'node:path'
import { expect } from 'chai'
import {
  codeOf,
  createFile,
  makeDirectory,
  replaceFile,
  replaceFileDurably,
  temporaryName,
} from '../../ww/base/files.ts'
import { isRoot, needsRoot } from '../helpers/as-user.ts'
import { fillDisk, mountDisk, unmountDisk } from '../helpers/small-disk.ts'
import { recordFileCalls } from '../helpers/watch-files.ts'

describe('files', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-files-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const at = (name: string): string => join(root, name)
  const modeOf = (path: string): number => statSync(path).mode & 0o777

  describe('a replaced file', () => {
    for (const replace of [replaceFile, replaceFileDurably]) {
      it(`has the new content and nothing beside it (${replace.name})`, () => {
        replace(at('file'), 'old')
        replace(at('file'), 'new')
        expect(readFileSync(at('file'), 'utf8')).to.equal('new')
        expect(readdirSync(root)).to.deep.equal(['file'])
      })

      it(`has the mode that was asked for, whatever it had before (${replace.name})`, () => {
        writeFileSync(at('file'), '', { mode: 0o666 })
        replace(at('file'), 'secret', 0o600)
        expect(modeOf(at('file'))).to.equal(0o600)
        replace(at('other'), 'open')
        expect(modeOf(at('other'))).to.equal(0o644)
      })

      it(`replaces a link instead of writing to what it leads to (${replace.name})`, () => {
        writeFileSync(at('victim'), 'untouched')
        symlinkSync(at('victim'), at('file'))
        replace(at('file'), 'new')
        expect(readFileSync(at('victim'), 'utf8')).to.equal('untouched')
        expect(readFileSync(at('file'), 'utf8')).to.equal('new')
      })

      it(`stays as it was, with nothing beside it, when it cannot be replaced (${replace.name})`, () => {
        mkdirSync(at('file/full'), { recursive: true })
        expect(() => replace(at('file'), 'new')).to.throw()
        expect(readdirSync(root)).to.deep.equal(['file'])
      })
    }

    it('stays as it was when the disk is full', function () {
      needsRoot(this)
      mountDisk(at('disk'))
      try {
        replaceFile(at('disk/file'), 'old')
        fillDisk(at('disk'))
        expect(() => replaceFile(at('disk/file'), 'x'.repeat(100_000))).to.throw('ENOSPC')
        expect(readFileSync(at('disk/file'), 'utf8')).to.equal('old')
        expect(readdirSync(at('disk')).sort()).to.deep.equal(['file', 'filler'])
      } finally {
        unmountDisk(at('disk'))
      }
    })

    it('is synchronised before it takes its name, and its directory after that, when it has to be durable', () => {
      const calls = recordFileCalls(() => replaceFileDurably(at('file'), 'new')).map((call) =>
        call.replace(/file\.\S+\.tmp/, 'temporary').replace(root, ''),
      )
      expect(calls).to.deep.equal([
        'open /temporary',
        'write /temporary',
        'fsync /temporary',
        'close /temporary',
        'rename /temporary',
        'open ',
        'fsync ',
        'close ',
      ])
    })

    it('is not synchronised otherwise, which would cost every boot milliseconds', () => {
      const calls = recordFileCalls(() => replaceFile(at('file'), 'new'))
      expect(calls.filter((call) => call.startsWith('fsync'))).to.deep.equal([])
    })
  })

  describe('a created file', () => {
    it('has its content and mode', () => {
      createFile(at('file'), 'text', 0o400)
      expect(readFileSync(at('file'), 'utf8')).to.equal('text')
      expect(modeOf(at('file'))).to.equal(0o400)
    })

    it('never takes the place of another one, nor of a link', () => {
      writeFileSync(at('file'), 'mine')
      symlinkSync(at('nowhere'), at('link'))
      for (const name of ['file', 'link']) expect(() => createFile(at(name), 'new', 0o600)).to.throw('EEXIST')
      expect(readFileSync(at('file'), 'utf8')).to.equal('mine')
      expect(existsSync(at('nowhere'))).to.equal(false)
    })
  })

  describe('the name of a temporary file', () => {
    it('is beside the file, and another one each time', () => {
      const names = new Set([temporaryName('/a/b'), temporaryName('/a/b'), temporaryName('/a/b')])
      expect(names.size).to.equal(3)
      for (const name of names) expect(name).to.match(/^\/a\/b\.[0-9a-f-]{36}-\d+\.tmp$/)
    })
  })

  describe('making a directory', () => {
    it('makes those above it too, and only the last with the mode that was asked for', () => {
      makeDirectory(at('a/b/c'), 0o700)
      expect(modeOf(at('a/b/c'))).to.equal(0o700)
      expect(modeOf(at('a/b'))).to.equal(0o755)
    })

    it('leaves one that exists as it is', () => {
      mkdirSync(at('a'), { mode: 0o750 })
      makeDirectory(at('a'), 0o700)
      expect(modeOf(at('a'))).to.equal(0o750)
    })

    it('fails at once below a file, and on a file system that has no such directory', () => {
      writeFileSync(at('file'), '')
      expect(() => makeDirectory(at('file/a/b'))).to.throw('ENOTDIR')
      expect(() => makeDirectory('/proc/x/y')).to.throw(isRoot ? 'ENOENT' : /ENOENT|EACCES/)
    })
  })

  describe('the code of an error', () => {
    it('is that of the system, if it has one', () => {
      expect(codeOf(Object.assign(new Error(), { code: 'ENOSPC' }))).to.equal('ENOSPC')
      expect(codeOf(new Error('x'))).to.equal(undefined)
      expect(codeOf(Object.assign(new Error(), { code: 5 }))).to.equal(undefined)
      expect(codeOf({ code: 'ENOSPC' })).to.equal(undefined)
    })
  })
})
