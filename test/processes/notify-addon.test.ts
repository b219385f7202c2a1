import { mkdtempSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { expect } from 'chai'
import { type DatagramAddon, loadAddon, locateAddon, nameError } from '../../ww/processes/notify-addon.ts'
import { findAddon } from '../helpers/notify-addon.ts'

describe('the addon of datagram sockets', () => {
  let addon: DatagramAddon
  let directory: string
  before(async () => {
    const loaded = loadAddon(await findAddon())
    if ('failure' in loaded) throw new Error(loaded.failure)
    addon = loaded
    directory = mkdtempSync('/tmp/ww-addon-')
  })
  after(() => rmSync(directory, { recursive: true }))

  it('returns errors as negative numbers', () => {
    const { ENOENT, EADDRINUSE, EAGAIN, EBADF, EINVAL, ENAMETOOLONG } = constants.errno
    expect(addon.bind(`${directory}/absent/socket`)).to.equal(-ENOENT)
    expect(addon.bind('')).to.equal(-EINVAL)
    expect(addon.bind(`/${'x'.repeat(107)}`)).to.equal(-ENAMETOOLONG)
    expect(addon.bind(`${directory}/${'ä'.repeat(60)}`)).to.equal(-ENAMETOOLONG)
    const descriptor = addon.bind(`${directory}/socket`)
    expect(descriptor).to.be.greaterThan(2)
    expect(addon.bind(`${directory}/socket`)).to.equal(-EADDRINUSE)
    expect(addon.receive(descriptor, Buffer.alloc(10))).to.equal(-EAGAIN)
    expect(addon.close(descriptor)).to.equal(0)
    expect(addon.close(descriptor)).to.equal(-EBADF)
    expect(addon.receive(-1, Buffer.alloc(10))).to.equal(-EBADF)
  })

  it('does not crash on arguments of other kinds', () => {
    const call = (name: keyof DatagramAddon, ...args: unknown[]): unknown =>
      Reflect.apply(addon[name], addon, args)
    for (const args of [[], [null], ['x', 'y'], [{}, 1], [5, null], [5, 'text']])
      for (const name of ['receive', 'close'] as const)
        if (!(name === 'close' && typeof args[0] === 'number')) expect(call(name, ...args)).to.be.lessThan(0)
    for (const args of [[], [null], [5], [{}]]) expect(call('bind', ...args)).to.be.lessThan(0)
  })

  it('names an error', () => {
    expect(nameError(-constants.errno.ENOSPC)).to.equal('ENOSPC')
    expect(nameError(-99_999)).to.equal('error 99999')
  })

  it('is a file of the tree', () => {
    expect(locateAddon()).to.match(/\/lib\/notify\.node$/)
  })
})
