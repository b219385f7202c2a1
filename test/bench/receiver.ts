/**
 * Measures the receiver beside itself on Node and two servers that one could push the same to, etcd's own gateway and the
 * pushgateway of Prometheus; then what a quiet fleet of 10,000 costs it. Needs both trees and Debian's wrk, etcd-server and prometheus-pushgateway:
 * npm run bench:receiver.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, startEtcd } from '../helpers/real-etcd.ts'
import { measureQuietFleet } from './quiet-fleet.ts'
import { compare, endAll, start, trees } from './wrk.ts'

const directory = mkdtempSync(join(tmpdir(), 'ww-bench-'))
const etcd = await startEtcd()
const names = Array.from({ length: 1000 }, (_, index) => `web-${index}`)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** A request of each instance for etcd, with what it says of itself as the value. */
function writeEtcdLines(): string {
  const file = join(directory, 'etcd')
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const stats = { state: 'UP', version: '1.2', stats: { connections: 12, requests: 1, memory: 73_400_320 } }
  const lines = names.map((name) => {
    const body = { key: base64(`/fleet/shop/${name}`), value: base64(JSON.stringify(stats)) }
    return `/v3/kv/put ${JSON.stringify(body)}`
  })
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

/** The same for the pushgateway, which takes a number a line: one of them. */
function writePushLines(): string {
  const file = join(directory, 'push')
  writeFileSync(file, names.map((name) => `/metrics/job/shop/instance/${name} connections 12\n`).join(''))
  return file
}

try {
  const [ours = 0, checked = 0, unchecked = 0, node = 0] = await freePorts(4)
  const at = (port: number, path = '/'): string => `http://127.0.0.1:${port}${path}`
  const receive = (tree: string, name: string, port: number) =>
    start(tree, ['receiver', '--db', join(directory, name), '--port', String(port)], at(port, '/livez'))
  const db = join(directory, 'fleet.db')
  await receive(trees.ours, 'fleet.db', ours)
  await receive(trees.node, 'fleet-node.db', node)
  const pushgateway = (port: number, ...options: string[]) =>
    start(
      'prometheus-pushgateway',
      [`--web.listen-address=127.0.0.1:${port}`, '--log.level=error', ...options],
      at(port, '/-/ready'),
    )
  await pushgateway(checked)
  await pushgateway(unchecked, '--push.disable-consistency-check')
  const push = { script: 'send-lines.lua', args: ['PUT', writePushLines()] }
  // every instance is known before it is measured
  for (const name of names)
    await fetch(at(checked, `/metrics/job/shop/instance/${name}`), {
      method: 'PUT',
      body: 'connections 12\n',
    })

  const post = { url: at(ours, '/v1/events'), script: 'post-stats.lua' }
  const postToNode = { ...post, url: at(node, '/v1/events') }
  const rateOf = await compare([
    { name: 'ours, one event a request, durable', ...post },
    { name: 'on Node, one event a request, durable', ...postToNode },
    { name: 'ours, 100 events of an instance a request, durable', ...post, args: ['100', 'backlog'] },
    { name: 'ours, 100 events of 100 instances a request, durable', ...post, args: ['100'] },
    { name: 'on Node, 100 events of 100 instances a request, durable', ...postToNode, args: ['100'] },
    {
      name: 'etcd put, durable',
      url: at(etcd.members[0]?.port ?? 0),
      script: 'send-lines.lua',
      args: ['POST', writeEtcdLines()],
    },
    { name: 'pushgateway as it comes, in memory', url: at(checked), ...push },
    { name: 'pushgateway without its check, in memory', url: at(unchecked), ...push },
  ])
  const single = rateOf('ours, one event a request, durable')
  const ratio = (name: string): string => `${(single / rateOf(name)).toFixed(1)} × ${name}`
  print(`one event a request: ${ratio('etcd put, durable')}, ${ratio('pushgateway as it comes, in memory')}`)
  for (const name of ['one event a request', '100 events of 100 instances a request']) {
    const beside = (rateOf(`ours, ${name}, durable`) / rateOf(`on Node, ${name}, durable`)).toFixed(2)
    print(`${name}: ${beside} × the same on Node`)
  }
  for (const name of ['100 events of an instance a request', '100 events of 100 instances a request']) {
    const events = rateOf(`ours, ${name}, durable`) * 100
    const others = (events / rateOf('etcd put, durable')).toFixed(1)
    print(
      `${name}: ${Math.round(events).toLocaleString('en')} events a second, ${others} × etcd put, durable`,
    )
  }
  print(`the file has ${Math.round(statSync(db).size / 1e6)} MB now`)
  endAll()
  await etcd.stop()
  print('')
  const [quiet = 0, quietNode = 0, bare = 0] = await freePorts(3)
  const { pid = 0 } = await receive(trees.ours, 'quiet.db', quiet)
  const { pid: pidOnNode = 0 } = await receive(trees.node, 'quiet-node.db', quietNode)
  process.env.PORT = String(bare)
  const nothing = await start(process.execPath, [join(import.meta.dirname, 'bare-server.mjs')], at(bare))
  await measureQuietFleet(
    { url: at(quiet, ''), pid },
    { url: at(quietNode, ''), pid: pidOnNode },
    { url: at(bare, ''), pid: nothing.pid ?? 0 },
    print,
  )
} finally {
  endAll()
  await etcd.stop()
  rmSync(directory, { recursive: true, force: true })
}
