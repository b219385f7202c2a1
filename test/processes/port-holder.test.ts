import { type AddressInfo, createServer } from 'node:net'
import { expect } from 'chai'
import { findListeners, findOwner } from '../../ww/processes/port-holder.ts'

describe('the holder of a port', () => {
  for (const host of ['127.0.0.1', '::1'])
    it(`is found by its socket on ${host}, and not after it has closed`, async function () {
      const server = createServer()
      const isListening = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false))
        server.listen(0, host, () => resolve(true))
      })
      // no IPv6 here
      if (!isListening) this.skip()
      const { port } = server.address() as AddressInfo
      const listeners = findListeners(port)
      expect(listeners.size).to.equal(1)
      expect(findOwner(listeners)?.pid).to.equal(process.pid)
      await new Promise((resolve) => server.close(resolve))
      expect(findListeners(port).size).to.equal(0)
    })

  it('is nobody when no process of this machine has the socket', () => {
    expect(findOwner(new Set())).to.equal(null)
    expect(findOwner(new Set(['0']))).to.equal(null)
  })
})
