import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

/** A member of a real etcd, Debian's etcd-server. */
export type EtcdMember = {
  readonly port: number
  /** As after a crash: kill -9. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Posts to the gateway; resolves with what it answers. */
  ask(path: string, body?: object): Promise<Record<string, unknown>>
}

/** A real etcd of one or several members in a temporary directory. */
export type RealEtcd = {
  readonly members: readonly EtcdMember[]
  /** What `--store` takes, for a prefix of its own. */
  address(prefix?: string): string
  leader(): Promise<EtcdMember>
  /** Compacts: all history up to now is forgotten. */
  forget(): Promise<void>
  stop(): Promise<void>
}

/** Starts a real etcd; rejects when Debian's etcd-server is not installed. */
export async function startEtcd(
  size = 1,
  options: readonly string[] = [],
  protocol: 'http' | 'https' = 'http',
): Promise<RealEtcd> {
  const directory = mkdtempSync(join(tmpdir(), 'ww-etcd-'))
  const ports = await freePorts(size * 2)
  const peers = ports.slice(size).map((port) => `http://127.0.0.1:${port}`)
  const cluster = peers.map((url, index) => `m${index}=${url}`).join(',')
  const members = ports.slice(0, size).map((port, index) => {
    const url = `${protocol}://127.0.0.1:${port}`
    const peer = peers[index] ?? ''
    return makeMember(port, protocol === 'https', [
      ...['--name', `m${index}`, '--data-dir', join(directory, `m${index}`), '--log-level', 'error'],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', cluster],
      ...options,
    ])
  })
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.kill()))
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await Promise.all(members.map((member) => member.start()))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    members,
    address: (prefix = '') => `etcd://${members.map(({ port }) => `127.0.0.1:${port}`).join(',')}${prefix}`,
    leader: async () => {
      for (const member of members) {
        const status = await member.ask('/v3/maintenance/status').catch(() => null)
        const header = status?.header as { member_id?: string } | undefined
        if (status && status.leader === header?.member_id) return member
      }
      throw new Error('no member leads')
    },
    forget: async () => {
      const [first] = members
      const { header } = (await first?.ask('/v3/kv/range', { key: 'AA==' })) ?? {}
      const { revision } = header as { revision: string }
      await first?.ask('/v3/kv/compaction', { revision })
    },
    stop,
  }
}

function makeMember(port: number, isTls: boolean, args: readonly string[]): EtcdMember {
  let child: ChildProcess | null = null
  let failure: Error | null = null
  const ask = async (path: string, body: object = {}): Promise<Record<string, unknown>> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    return (await answer.json()) as Record<string, unknown>
  }
  return {
    port,
    ask,
    start: async () => {
      const started = spawn('etcd', args, { stdio: 'ignore' })
      started.on('error', (error) => {
        failure = error
      })
      child = started
      await until(async () => {
        if (failure) throw new Error(`cannot run etcd (Debian: etcd-server): ${failure.message}`)
        // one that asks who we are has begun to answer too; behind TLS its port tells no more than that it listens
        const isUp = isTls ? isListening(port) : ask('/v3/kv/range', { key: 'AA==' })
        return isUp.then(
          (answer) => answer === true || 'header' in answer || /user name/.test(String(answer.message)),
          () => false,
        )
      }, `etcd answers on port ${port}`)
    },
    kill: async () => {
      if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function isListening(port: number): Promise<true> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
  return true
}

/** Ports of this machine that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
