/**
 * Measures the states service beside a twin of the original's design and beside etcd's own gateway: interleaved
 * rounds, medians, ratios. Needs Debian's wrk, etcd-server, python3-flask and python3-yaml: npm run bench:states.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts, startEtcd } from '../helpers/real-etcd.ts'
import { compare, endAll, start, wwCommand } from './wrk.ts'

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
  const [ours = 0, twin = 0, replica = 0] = await freePorts(3)
  const at = (port: number): string => `http://127.0.0.1:${port}/state?state=COUNTING`
  for (const name of ['ours', 'twin', 'replica']) {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, 'states.yaml'), chart)
  }
  const chartOf = (name: string): string => join(directory, name, 'states.yaml')
  const [command, ...words] = wwCommand()
  const first = [...words, 'states', '--chart']
  await start(command, [...first, chartOf('ours'), '--port', String(ours)], at(ours))
  const store = ['--store', etcd.address('/bench')]
  await start(command, [...first, chartOf('replica'), ...store, '--port', String(replica)], at(replica))
  const twinProgram = join(import.meta.dirname, 'states-twin.py')
  await start('/usr/bin/python3', [twinProgram, chartOf('twin'), String(twin)], at(twin))

  const put = { script: 'put-state.lua' }
  const rateOf = await compare([
    { name: 'ours GET', url: at(ours) },
    { name: 'twin GET', url: at(twin) },
    { name: 'ours PUT, durable', url: at(ours), ...put },
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
    `${one} is ${(rateOf(one) / rateOf(other)).toFixed(1)} × ${other}\n`
  process.stdout.write(ratio('ours GET', 'twin GET'))
  process.stdout.write(ratio('ours PUT, durable', 'twin PUT, not durable'))
  process.stdout.write(ratio('ours PUT, durable', 'etcd put, durable'))
  process.stdout.write(ratio('ours on etcd PUT, durable', 'etcd put, durable'))
} finally {
  endAll()
  await etcd.stop()
  rmSync(directory, { recursive: true, force: true })
}
