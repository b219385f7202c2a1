/**
 * Measures the states service beside a twin of the original's design and beside etcd's own gateway: interleaved
 * rounds, medians, ratios. Needs Debian's wrk, etcd-server, python3-flask and python3-yaml: npm run bench:states.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { freePorts, startEtcd } from '../helpers/real-etcd.ts'
import { until } from '../helpers/until.ts'

const rounds = Number(process.env.ROUNDS ?? 5)
const seconds = Number(process.env.ROUND_SECONDS ?? 4)
const connections = 32
const here = import.meta.dirname
const root = resolve(here, '../..')

const chart = `current_state: COUNTING
states:
  - name: COUNTING
    func: increment
    current: { key: nodes, value: 0 }
    target: { name: END, when: { key: nodes, value: 1000000000 } }
  - name: END
`

/** What is measured: a name, and how wrk asks. */
type Subject = { readonly name: string; readonly url: string; readonly script?: string }
type Figures = { readonly rate: number; readonly p99: number }

const directory = mkdtempSync(join(tmpdir(), 'ww-bench-'))
const children: ChildProcess[] = []
const start = async (command: string, args: readonly string[], url: string): Promise<void> => {
  children.push(spawn(command, args, { stdio: 'ignore', cwd: root }))
  await until(
    () =>
      fetch(url).then(
        (answer) => answer.ok,
        () => false,
      ),
    `${command} answers at ${url}`,
  )
}

/** Runs wrk once; throws when not every answer is a success. */
async function measure({ name, url, script }: Subject): Promise<Figures> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency']
  const { stdout } = await execa('wrk', [...options, ...(script ? ['-s', join(here, script)] : []), url])
  const failed = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)
  if (failed) throw new Error(`${name}: ${failed[0]}`)
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? []
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
  const factor = unit === 'us' ? 0.001 : unit === 's' ? 1_000 : 1
  return { rate: Number(rate), p99: Number(p99) * factor }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const etcd = await startEtcd()
try {
  const built = join(root, 'dist/ww/ww')
  const ww = existsSync(built) ? [built] : [process.execPath, '--import', 'tsx', join(root, 'ww/main.ts')]
  const [ours = 0, twin = 0, replica = 0] = await freePorts(3)
  const at = (port: number): string => `http://127.0.0.1:${port}/state?state=COUNTING`
  for (const name of ['ours', 'twin', 'replica']) {
    mkdirSync(join(directory, name))
    writeFileSync(join(directory, name, 'states.yaml'), chart)
  }
  const chartOf = (name: string): string => join(directory, name, 'states.yaml')
  const [command = '', ...first] = [...ww, 'states', '--chart']
  await start(command, [...first, chartOf('ours'), '--port', String(ours)], at(ours))
  const store = ['--store', etcd.address('/bench')]
  await start(command, [...first, chartOf('replica'), ...store, '--port', String(replica)], at(replica))
  await start('/usr/bin/python3', [join(here, 'states-twin.py'), chartOf('twin'), String(twin)], at(twin))

  const put = { script: 'put-state.lua' }
  const subjects: Subject[] = [
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
  ]
  const figures = new Map<string, Figures[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) figures.get(subject.name)?.push(await measure(subject))
  }
  const rateOf = (name: string): number => median((figures.get(name) ?? []).map(({ rate }) => rate))
  process.stdout.write(
    `${cpus().length} × ${cpus()[0]?.model}, ${connections} connections, medians of ${rounds} rounds of ${seconds} s\n\n`,
  )
  process.stdout.write('| | per second | p99, ms |\n| --- | ---: | ---: |\n')
  for (const [name, measured] of figures) {
    const p99 = median(measured.map((one) => one.p99))
    process.stdout.write(
      `| ${name} | ${Math.round(rateOf(name)).toLocaleString('en')} | ${p99.toFixed(1)} |\n`,
    )
  }
  const ratio = (one: string, other: string): string =>
    `${one} is ${(rateOf(one) / rateOf(other)).toFixed(1)} × ${other}\n`
  process.stdout.write(`\n${ratio('ours GET', 'twin GET')}`)
  process.stdout.write(ratio('ours PUT, durable', 'twin PUT, not durable'))
  process.stdout.write(ratio('ours PUT, durable', 'etcd put, durable'))
  process.stdout.write(ratio('ours on etcd PUT, durable', 'etcd put, durable'))
} finally {
  for (const child of children) child.kill('SIGKILL')
  await etcd.stop()
  rmSync(directory, { recursive: true, force: true })
}
