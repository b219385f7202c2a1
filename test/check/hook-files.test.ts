import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { expect } from 'chai'
import { formatFinding } from '../../ww/check/finding.ts'
import { lintHooks } from '../../ww/check/hook-files.ts'
import { listHooks } from '../../ww/hooks/file.ts'
import { Place } from '../config/place.ts'

describe('the hooks of a tree', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
    mkdirSync(place.at('usr'))
  })
  afterEach(() => place.remove())

  const hook = (name: string, content = '#!/bin/sh\nexit 0\n', mode = 0o755): void =>
    chmodSync(place.write(`usr/${name}`, content), mode)
  const lint = (scheduled: string[] = [], here = false): string[] => {
    const present = listHooks(place.at('usr'))
    return lintHooks({ tree: place.root, present, scheduled, here }).map(formatFinding)
  }

  it('are fine when they can be run, and when they are blank or not hooks', () => {
    hook('boot')
    hook('drain', '#!/bin/sh\n# nothing\n', 0o644)
    hook('helper.txt', 'not a hook\r\n', 0o644)
    expect(lint()).to.deep.equal([])
  })

  it('may be one-shots', () => {
    place.write('usr/oneshot-migrate', 'exit 0')
    expect(lint()).to.deep.equal([
      'usr/oneshot-migrate: error: not executable; run chmod +x usr/oneshot-migrate',
      'usr/oneshot-migrate:1: warning: has no #! line, so that it runs under /bin/sh; write #!/bin/sh',
    ])
  })

  it('must be executable', () => {
    hook('boot', '#!/bin/sh\nexit 0\n', 0o644)
    expect(lint()).to.deep.equal(['usr/boot: error: not executable; run chmod +x usr/boot'])
  })

  it('must be files', () => {
    mkdirSync(place.at('usr/boot'))
    expect(lint()).to.deep.equal(['usr/boot: error: is not a file; a hook is an executable file'])
  })

  it('must not be dangling links', () => {
    symlinkSync('/opt/no/init.sh', place.at('usr/firstboot'))
    expect(lint()).to.deep.equal(['usr/firstboot: error: link to /opt/no/init.sh, which does not exist'])
  })

  it('may be links to files', () => {
    hook('boot')
    symlinkSync('boot', place.at('usr/upgrade'))
    expect(lint()).to.deep.equal([])
  })

  it('need their interpreter, here or in the image', () => {
    hook('boot', '#!/usr/bin/env no-such-shell\nexit 0\n')
    expect(lint()).to.deep.equal([
      'usr/boot:1: warning: no-such-shell does not exist here; the image needs it',
    ])
    expect(lint([], true)).to.deep.equal([
      'usr/boot:1: error: no-such-shell does not exist; install it in the image',
    ])
    hook('boot', '#!/no/such/shell -e\nexit 0\n')
    expect(lint([], true)).to.deep.equal([
      'usr/boot:1: error: /no/such/shell does not exist; install it in the image',
    ])
  })

  it('may have a wrong name, of which is warned', () => {
    hook('Serve-php')
    hook('backup')
    expect(lint()).to.deep.equal([
      'usr/Serve-php: warning: nothing runs this file; did you mean serve-php?',
      'usr/backup: warning: nothing runs this file; set ww.schedule.backup',
    ])
  })

  it('must be there when they are on a schedule', () => {
    hook('backup')
    expect(lint(['backup', 'tidy'])).to.deep.equal([
      'usr/tidy: error: does not exist, but ww.schedule names it',
    ])
  })
})
