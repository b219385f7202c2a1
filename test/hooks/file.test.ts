import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { findServices, inspectHook, isInstalled, listHooks } from '../../ww/hooks/file.ts'
import { findHookWarnings } from '../../ww/hooks/warnings.ts'
import { needsRoot, runAs } from '../helpers/as-user.ts'
import { mountDisk, unmountDisk } from '../helpers/small-disk.ts'

describe('a hook directory', () => {
  let usr: string
  beforeEach(() => {
    usr = join(mkdtempSync(join(tmpdir(), 'ww-file-')), 'usr')
    mkdirSync(usr)
  })
  afterEach(() => rmSync(join(usr, '..'), { recursive: true }))
  const write = (name: string, content: string, mode = 0o755): string => {
    writeFileSync(join(usr, name), content, { mode })
    return join(usr, name)
  }
  const reasonOf = (path: string, searchPath?: string): string | null => {
    const file = inspectHook(path, () => searchPath)
    return file.kind === 'broken' ? file.reason : null
  }

  describe('inspectHook', () => {
    it('finds a hook that is absent, empty, or has only comments, blank', () => {
      expect(inspectHook(join(usr, 'boot'))).to.deep.equal({ kind: 'blank' })
      expect(inspectHook(join(usr, 'no', 'directory'))).to.deep.equal({ kind: 'blank' })
      expect(inspectHook(write('empty', '', 0o644))).to.deep.equal({ kind: 'blank' })
      expect(inspectHook(write('comments', '#!/no/such\r\n# x\n', 0o644))).to.deep.equal({ kind: 'blank' })
    })

    it('finds a script or a program runnable', () => {
      expect(inspectHook(write('a', '#!/bin/sh\nexit 0\n'))).to.deep.equal({ kind: 'runnable' })
      expect(inspectHook(write('b', 'exit 0\n'))).to.deep.equal({ kind: 'runnable' })
      expect(inspectHook('/bin/ls')).to.deep.equal({ kind: 'runnable' })
    })

    it('never reads a long file whole: one that has 64 KiB of comments may be blank, a longer one is not', () => {
      const comments = `#!/bin/sh\n${'#'.repeat(64 * 1024 - 10)}`
      expect(inspectHook(write('short', comments)).kind).to.equal('blank')
      expect(inspectHook(write('long', `${comments}#`)).kind).to.equal('runnable')
      expect(inspectHook(write('command', `${comments.slice(0, -7)}\nexit 0`)).kind).to.equal('runnable')
    })

    it('finds a script runnable whose first command comes after pages of comments', () => {
      const script = `#!/bin/sh\n${'# a licence\n'.repeat(2000)}exit 0\n`
      expect(inspectHook(write('licensed', script)).kind).to.equal('runnable')
    })

    it('finds a dangling link broken, never absent', () => {
      symlinkSync('/there/is/nothing', join(usr, 'serve'))
      expect(reasonOf(join(usr, 'serve'))).to.equal(
        `${usr}/serve is a link to /there/is/nothing, which does not exist; correct the link`,
      )
    })

    it('finds a link to itself broken', () => {
      symlinkSync('serve', join(usr, 'serve'))
      expect(reasonOf(join(usr, 'serve'))).to.equal(
        `${usr}/serve is a link to serve, which cannot be reached (ELOOP); correct the link`,
      )
    })

    it('finds a directory or a device broken', () => {
      mkdirSync(join(usr, 'boot'))
      expect(reasonOf(join(usr, 'boot'))).to.equal(`${usr}/boot is a directory; a hook is an executable file`)
      expect(reasonOf('/dev/null')).to.equal('/dev/null is not a regular file; a hook is an executable file')
    })

    it('finds a script without the executable bit broken', () => {
      expect(reasonOf(write('firstboot', 'exit 0\n', 0o644))).to.equal(
        `${usr}/firstboot is not executable; add RUN chmod +x ${usr}/* to the Dockerfile`,
      )
    })

    it('finds a CRLF shebang broken, whether its interpreter exists or not', () => {
      expect(reasonOf(write('upgrade', '#!/bin/sh -e\r\nexit 0\r\n'))).to.equal(
        `${usr}/upgrade:1: CRLF line ends hide the interpreter; run sed -i 's/\\r$//' usr/upgrade`,
      )
    })

    it('finds a script whose interpreter is missing broken', () => {
      expect(reasonOf(write('monitor', '#!/usr/bin/python9\nx\n'))).to.equal(
        `${usr}/monitor:1: /usr/bin/python9 does not exist; install python9 in the image`,
      )
      expect(reasonOf(write('boot', '#!/etc/passwd\nx\n'))).to.equal(
        `${usr}/boot:1: /etc/passwd is not executable; install passwd in the image`,
      )
    })

    it('finds a script whose interpreter env cannot find broken', () => {
      const hook = write('monitor', '#!/usr/bin/env sh\nx\n')
      expect(reasonOf(hook, '/nowhere:/bin')).to.equal(null)
      expect(reasonOf(hook, '/nowhere')).to.equal(
        `${usr}/monitor:1: sh is not in PATH; install sh in the image`,
      )
      expect(reasonOf(hook)).to.equal(`${usr}/monitor:1: sh is not in PATH; install sh in the image`)
    })
  })

  describe('inspectHook as a user who is not root', () => {
    const inspect = (path: string): unknown =>
      runAs(
        12_345,
        `const { inspectHook } = await import('${resolve(import.meta.dirname, '../../ww/hooks/file.ts')}')
         return inspectHook('${path}')`,
      )
    beforeEach(function () {
      needsRoot(this)
      chmodSync(join(usr, '..'), 0o755)
    })

    it('finds a hook runnable that may be run, but not read', () => {
      expect(inspect(write('serve', 'exit 0\n', 0o711))).to.deep.equal({ kind: 'runnable' })
    })

    it('finds a hook broken that only others may run', () => {
      expect(inspect(write('serve', 'exit 0\n', 0o744))).to.deep.equal({
        kind: 'broken',
        reason: `${usr}/serve is not executable for user 12345; add RUN chmod a+x ${usr}/* to the Dockerfile`,
      })
    })

    it('finds a hook broken, never absent, in a directory that it may not search', () => {
      const path = write('serve', 'exit 0\n')
      chmodSync(usr, 0o700)
      expect(inspect(path)).to.deep.equal({
        kind: 'broken',
        reason: `cannot examine ${path}: EACCES; check the permissions of ${usr}`,
      })
    })
  })

  it('inspectHook finds a script broken on a file system without exec', function () {
    needsRoot(this)
    mountDisk(usr, 'noexec,size=64k')
    try {
      const path = write('serve', 'exit 0\n')
      expect(reasonOf(path)).to.equal(
        `${path} cannot be executed here; mount its file system without noexec, or check its directories`,
      )
    } finally {
      unmountDisk(usr)
    }
  })

  it('isInstalled searches a name in each directory, and checks a path itself', () => {
    expect(isInstalled('sh', '/nowhere:/bin')).to.equal(true)
    expect(isInstalled('sh', undefined)).to.equal(false)
    expect(isInstalled('/bin/sh', undefined)).to.equal(true)
    expect(isInstalled('/no/sh', '/bin')).to.equal(false)
    const before = process.cwd()
    write('here', 'exit 0\n')
    process.chdir(usr)
    try {
      // as the shell has it, an empty part of PATH is the working directory
      expect([isInstalled('here', '/bin:'), isInstalled('here', '/bin')]).to.deep.equal([true, false])
    } finally {
      process.chdir(before)
    }
  })

  it('findServices returns serve and serve-NAME in order, broken ones too, blank ones not', () => {
    for (const name of ['serve-b', 'serve', 'server', 'serve-', 'monitor']) write(name, 'exit 0\n')
    write('serve-a', 'exit 0\n', 0o644)
    write('serve-blank', '')
    expect(findServices(usr)).to.deep.equal(['serve', 'serve-a', 'serve-b'])
    expect(findServices('/no/such')).to.deep.equal([])
  })

  it('listHooks returns all names in order', () => {
    for (const name of ['b', 'a']) write(name, '')
    expect(listHooks(usr)).to.deep.equal(['a', 'b'])
  })

  describe('findHookWarnings', () => {
    it('is empty for hooks, and for files that others read', () => {
      write('serve', 'exit 0\n')
      write('backup', 'exit 0\n')
      write('library.inc', 'x\n', 0o644)
      write('.hidden', 'x\n')
      mkdirSync(join(usr, 'parts'))
      expect(findHookWarnings(usr, ['backup'])).to.deep.equal([])
    })

    it('names what nothing calls, with the hook that was probably meant', () => {
      write('monitor', 'exit 0\n')
      write('serve.sh', 'x\n', 0o644)
      write('nightly', 'x\n')
      expect(findHookWarnings(usr, [])).to.deep.equal([
        `nothing calls ${usr}/nightly; schedule it in ww.schedule, or move it out of usr`,
        `nothing calls ${usr}/serve.sh; did you mean serve?`,
      ])
    })

    it('says so when there is nothing to run', () => {
      const nothing = `nothing to run: ${usr} has no serve, svcup or monitor`
      write('boot', 'exit 0\n')
      write('serve', '#!/bin/sh\n')
      expect(findHookWarnings(usr, [])).to.deep.equal([nothing])
      expect(findHookWarnings('/no/such', [])).to.have.lengthOf(1)
      for (const name of ['svcup', 'monitor', 'serve-a', 'oneshot-a']) {
        write(name, 'exit 0\n')
        expect(findHookWarnings(usr, []), name).to.deep.equal([])
        rmSync(join(usr, name))
      }
    })
  })
})
