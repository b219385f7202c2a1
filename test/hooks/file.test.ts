import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { findServices, inspectHook, isInstalled, listHooks } from '../../ww/hooks/file.ts'
import { findHookWarnings } from '../../ww/hooks/warnings.ts'

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

  it('isInstalled searches a name in each directory, and checks a path itself', () => {
    expect(isInstalled('sh', '/nowhere:/bin')).to.equal(true)
    expect(isInstalled('sh', undefined)).to.equal(false)
    expect(isInstalled('/bin/sh', undefined)).to.equal(true)
    expect(isInstalled('/no/sh', '/bin')).to.equal(false)
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
      for (const name of ['svcup', 'monitor', 'serve-a']) {
        write(name, 'exit 0\n')
        expect(findHookWarnings(usr, []), name).to.deep.equal([])
        rmSync(join(usr, name))
      }
    })
  })
})
