/**
 * Measures the states service beside itself on Node, a twin of the original's design and etcd's own gateway: interleaved
 * rounds, medians, ratios. Needs both trees and Debian's wrk, etcd-server, python3-flask and python3-yaml:
 * npm run bench:states.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, startEtcd } from '../helpers/real-etcd.ts'
import { compare, endAll, start, trees } from './wrk.ts'

const chart = `current_state: COUNTING
states:
  - name: COUNTING
    func: increment
    current: { key: nodes, value: 0 }
    target: { name: END, when: { key: nodes, value: 1000000000 } }
  - name: END
`

const directory = mkdtempSync(join(tmpdir(), 'ww-bench-'))
const etcd = await startEtcd()
try {
  const [ours = 0, twin = 0, replica = 0, node = 0] = await freePorts(4)
  const at = (port: number): string => `http://127.0.0.1:${port}/state?state=COUNTING`
  for (const name of ['ours', 'twin', 'replica', 'node']) {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, 'states.yaml'), chart)
  }
  const chartOf = (name: string): string => join(directory, name, 'states.yaml')
  const serve = (tree: string, name: string, port: number, ...more: string[]) =>
    start(tree, ['states', '--chart', chartOf(name), ...more, '--port', String(port)], at(port))
  await serve(trees.ours, 'ours', ours)
  await serve(trees.node, 'node', node)
  await serve(trees.ours, 'replica', replica, '--store', etcd.address('/bench'))
  const twinProgram = join(import.meta.dirname, 'states-twin.py')
  await start('/usr/bin/python3', [twinProgram, chartOf('twin'), String(twin)], at(twin))

  const put = { script: 'put-state.lua' }
  const rateOf = await compare([
    { name: 'ours GET', url: at(ours) },
    { name: 'ours on Node GET', url: at(node) },
    { name: 'twin GET', url: at(twin) },
    { name: 'ours PUT, durable', url: at(ours), ...put },
    { name: 'ours on Node PUT, durable', url: at(node), ...put },
    { name: 'twin PUT, not durable', url: at(twin), ...put },
    {
      name: 'etcd put, durable',
      url: `http://127.0.0.1:${etcd.members[0]?.port}/v3/kv/put`,
      script: 'put-etcd.lua',
    },
    { name: 'ours on etcd GET', url: at(replica) },
    { name: 'ours on etcd PUT, durable', url: at(replica), ...put },
  ])
  const ratio = (one: string, other: string): string =>
    `${one} is ${(rateOf(one) / rateOf(other)).toFixed(2)} × ${other}\n`
  process.stdout.write(ratio('ours GET', 'ours on Node GET'))
  process.stdout.write(ratio('ours PUT, durable', 'ours on Node PUT, durable'))
  process.stdout.write(ratio('ours GET', 'twin GET'))
  process.stdout.write(ratio('ours PUT, durable', 'twin PUT, not durable'))
  process.stdout.write(ratio('ours PUT, durable', 'etcd put, durable'))
  process.stdout.write(ratio('ours on etcd PUT, durable', 'etcd put, durable'))
} finally {
  endAll()
  await etcd.stop()
  rmSync(directory, { recursive: true, force: true })
}
