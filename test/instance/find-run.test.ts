import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { findRun } from '../../ww/config/directories.ts'

describe('findRun', () => {
  let base = ''
  beforeEach(function () {
    if (process.getuid?.() !== 0) this.skip()
    base = mkdtempSync(join(tmpdir(), 'ww-find-'))
  })
  afterEach(() => base && rmSync(base, { recursive: true }))
  const find = () => findRun({ WW_RUN: base })
  const make = (name: string, owner = 0) => {
    mkdirSync(join(base, name), { recursive: true })
    writeFileSync(join(base, name, 'status'), '')
    chownSync(join(base, name), owner, owner)
    chownSync(join(base, name, 'status'), owner, owner)
    return join(base, name)
  }

  it('is WW_RUN itself where the instance uses that', () => {
    make('')
    expect(find()).to.equal(base)
  })

  it('is the private directory of this user in a shared one', () => {
    make('uid-7', 7)
    const own = make('uid-0')
    expect(find()).to.equal(own)
  })

  it('is that of another user when there is no own one', () => {
    const other = make('uid-7', 7)
    expect(find()).to.equal(other)
  })

  it('is never reached through a link', () => {
    make('real')
    symlinkSync(join(base, 'real'), join(base, 'uid-0'))
    make('')
    expect(find()).to.equal(base)
  })

  it('is a link that WW_RUN names', () => {
    make('real')
    symlinkSync(join(base, 'real'), join(base, 'link'))
    expect(findRun({ WW_RUN: join(base, 'link') })).to.equal(join(base, 'link'))
  })

  it('is WW_RUN, or /run/ww, where nothing has booted', () => {
    expect(find()).to.equal(base)
    expect(findRun({ WW_RUN: '/no/such' })).to.equal('/no/such')
  })
})
