import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * What a network does to connections: `pass`; `cut`, which ends them and takes no new ones; `swallow`, which carries
 * what is asked and loses every answer; `hold`, which carries nothing and says nothing.
 */
export type ProxyMode = 'pass' | 'cut' | 'swallow' | 'hold'

/** A network between a test and a server on this machine, which breaks when told to. */
export class TcpProxy {
  readonly port: number
  #mode: ProxyMode = 'pass'
  #lost = 0
  readonly #sockets: Set<Socket>
  readonly #close: () => Promise<void>

  private constructor(port: number, sockets: Set<Socket>, close: () => Promise<void>) {
    this.port = port
    this.#sockets = sockets
    this.#close = close
  }

  static async start(target: number): Promise<TcpProxy> {
    const sockets = new Set<Socket>()
    const server = createServer((client) => {
      sockets.add(client)
      client.on('close', () => sockets.delete(client)).on('error', () => client.destroy())
      if (proxy.#mode === 'cut') return client.destroy()
      const upstream = connect(target, '127.0.0.1')
      upstream.on('error', () => client.destroy()).on('close', () => client.destroy())
      client.on('close', () => upstream.destroy())
      // as after a broken route: a connection that has lost something stays dead, and nobody is told
      let isDead = false
      client.on('data', (bytes) => {
        isDead ||= proxy.#mode === 'hold'
        if (!isDead) upstream.write(bytes)
      })
      upstream.on('data', (bytes) => {
        isDead ||= proxy.#mode !== 'pass'
        if (isDead) proxy.#lost += bytes.length
        else client.write(bytes)
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const proxy = new TcpProxy(
      typeof address === 'object' && address ? address.port : 0,
      sockets,
      async () => {
        const closed = once(server, 'close')
        server.close()
        for (const socket of sockets) socket.destroy()
        await closed
      },
    )
    return proxy
  }

  /** How many bytes of answers did not arrive. */
  get lost(): number {
    return this.#lost
  }

  /** From now on. */
  set(mode: ProxyMode): void {
    this.#mode = mode
    if (mode === 'cut') for (const socket of this.#sockets) socket.destroy()
  }

  close(): Promise<void> {
    return this.#close()
  }
}
