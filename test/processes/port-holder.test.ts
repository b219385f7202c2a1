import { spawnSync } from 'node:child_process'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { findListeners, findOwner } from '../../ww/processes/port-holder.ts'
import { needsRoot, runAs } from '../helpers/as-user.ts'

const module = resolve(import.meta.dirname, '../../ww/processes/port-holder.ts')

describe('the holder of a port', () => {
  const listen = (port: number, host: string): Promise<Server | null> =>
    new Promise((resolve) => {
      const server = createServer()
      server.once('error', () => resolve(null))
      server.listen(port, host, () => resolve(server))
    })

  for (const host of ['127.0.0.1', '::1'])
    it(`is found by its socket on ${host}, and not after it has closed`, async function () {
      const server = await listen(0, host)
      // no IPv6 here
      if (server === null) return this.skip()
      const { port } = server.address() as AddressInfo
      const listeners = findListeners(port)
      expect(listeners.size).to.equal(1)
      expect(findOwner(listeners)?.pid).to.equal(process.pid)
      await new Promise((resolve) => server.close(resolve))
      expect(findListeners(port).size).to.equal(0)
    })

  it('is found also for a port of few digits', async () => {
    let port = 1024
    let server = await listen(port, '127.0.0.1')
    while (server === null) server = await listen(++port, '127.0.0.1')
    expect(port).to.be.below(0x1000)
    const listeners = findListeners(port)
    server.close()
    expect(listeners.size).to.equal(1)
  })

  it('is nobody when no process of this machine has the socket', () => {
    expect(findOwner(new Set())).to.equal(null)
    expect(findOwner(new Set(['0']))).to.equal(null)
  })
  it('is nobody among the processes of other users', function () {
    needsRoot(this)
    const code = `const { findOwner } = await import('${module}'); return findOwner(new Set(['0']))`
    expect(runAs(65534, code)).to.equal(null)
  })

  it('is nobody where /proc shows no sockets', function () {
    needsRoot(this)
    const script = `const { spawnSync } = await import('node:child_process')
      const { findListeners } = await import('${module}')
      const { status } = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', '/proc'])
      console.log(status, findListeners(80).size)`
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script]
    const { stdout, stderr } = spawnSync('unshare', ['--mount', ...node], { encoding: 'utf8' })
    expect(stdout, stderr).to.equal('0 0\n')
  })
})
