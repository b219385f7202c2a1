/** `ww supervise` beside its peers, and with a thousand targets; inside the container, see bench.ts. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { medianOf } from './median.ts'
import { endAll, listSupervisors, type Peer, start, waitForService } from './peers.ts'
import { cpuOf, privateMemoryOf } from './process-usage.ts'

const rounds = 7
const service = 'export PLACE PORT=9000; exec /ww-node/node /bench/http-service.mjs'
const peers: Readonly<Record<string, Peer>> = {
  'ww supervise': (place) => supervise('/ww/ww', place),
  'ww supervise on Node': (place) => supervise('/ww-node/ww', place),
  ...Object.fromEntries(
    Object.entries(listSupervisors(service)).filter(([name]) => !name.startsWith('whaleware')),
  ),
}

function supervise(program: string, place: string): string[] {
  writeFileSync(`${place}/targets.json`, JSON.stringify({ 'http://127.0.0.1:9000/': service }))
  return [program, 'supervise', `${place}/targets.json`, '127.0.0.1:7070']
}

await compareRestarts()
await watchThousand()

/** From kill -9 of the server to its answering again. */
async function compareRestarts(): Promise<void> {
  const samples = new Map<string, number[]>()
  for (let round = 0; round < rounds; round++) {
    for (const [name, peer] of Object.entries(peers)) {
      const running = await start(peer, '/tmp/service')
      // past every supervisor's time of a start that counts as one
      await delay(1500)
      const first = await waitForService(running.place, null)
      const killed = performance.now()
      process.kill(first, 'SIGKILL')
      await waitForService(running.place, first)
      samples.set(name, [...(samples.get(name) ?? []), performance.now() - killed])
      await endAll([running])
    }
  }
  const pm2 = medianOf(samples.get('pm2-runtime') ?? [])
  const rows = [...samples].map(
    ([name, values]) =>
      `| ${name} | ${medianOf(values).toFixed(1)} ms | ${(medianOf(values) / pm2).toFixed(2)} × |`,
  )
  const title = '| kill -9 of an HTTP server to its answering again | median | beside pm2-runtime |'
  process.stdout.write([title, '| --- | --- | --- |', ...rows, '', ''].join('\n'))
}

/** A thousand targets, all in this process, pinged every second for half a minute. */
async function watchThousand(): Promise<void> {
  const ports = Array.from({ length: 1000 }, (_, index) => 20_000 + index)
  const thousand: Thousand = { ports, pings: new Map(ports.map((port) => [port, []])), failing: new Set() }
  for (const port of ports) {
    const server = createServer((_, response) => {
      thousand.pings.get(port)?.push(performance.now())
      response.writeHead(thousand.failing.has(port) ? 500 : 200).end()
    })
    server.keepAliveTimeout = 60_000
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  }
  mkdirSync('/tmp/thousand', { recursive: true })
  const targets = Object.fromEntries(ports.map((port) => [`http://127.0.0.1:${port}/`, {}]))
  writeFileSync('/tmp/thousand/targets.json', JSON.stringify(targets))
  await watchBy('/ww/ww', thousand)
  await watchBy('/ww-node/ww', thousand)
  process.exit(0)
}

/** The targets: when each was pinged, and which of them fail. */
type Thousand = {
  readonly ports: readonly number[]
  readonly pings: ReadonlyMap<number, number[]>
  readonly failing: Set<number>
}

async function watchBy(program: string, { ports, pings, failing }: Thousand): Promise<void> {
  const supervisor = spawn(program, ['supervise', '/tmp/thousand/targets.json', '127.0.0.1:7070'], {
    stdio: 'ignore',
    env: { ...process.env, WW_RUN: '/tmp/thousand' },
  })
  const pid = supervisor.pid ?? 0
  while ((await ask('/')) !== 200) await delay(100)
  await delay(3000)
  for (const times of pings.values()) times.length = 0
  const [cpu, began] = [cpuOf(pid), performance.now()]
  await delay(30_000)
  const share = (cpuOf(pid) - cpu) / (performance.now() - began)
  const memory = privateMemoryOf(pid) / 2 ** 20
  const drifts = [...pings.values()].map((times) => {
    const [first = 0, last = 0] = [times[0], times.at(-1)]
    return Math.abs(last - first - (times.length - 1) * 1000)
  })
  const fewest = Math.min(...[...pings.values()].map(({ length }) => length))
  const detections = await detect(ports.slice(0, 20), failing)
  const exited = new Promise((done) => supervisor.once('exit', done))
  supervisor.kill('SIGKILL')
  await exited
  process.stdout.write(`${program}: 1,000 targets, each pinged every second for 30 s: ${(share * 100).toFixed(1)} % of one core,
${memory.toFixed(1)} MiB of private memory, at least ${fewest} pings each; the last is off the beat by ${medianOf(drifts).toFixed(1)} ms in the median, ${Math.max(...drifts).toFixed(1)} ms at most.
From a target's first 500 to its being ended: ${medianOf(detections).toFixed(0)} ms in the median, ${Math.max(...detections).toFixed(0)} ms at most.
`)
}

/** How long it takes until each target that begins to fail is no longer RUNNING. */
async function detect(ports: readonly number[], failing: Set<number>): Promise<number[]> {
  const times: number[] = []
  for (const port of ports) {
    failing.add(port)
    const began = performance.now()
    while ((await stateOf(port)) === 'RUNNING') await delay(5)
    times.push(performance.now() - began)
    failing.delete(port)
  }
  return times
}

function ask(path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    get(`http://127.0.0.1:7070${path}`, (response) => {
      response.resume()
      resolve(response.statusCode)
    }).on('error', () => resolve(undefined))
  })
}

async function stateOf(port: number): Promise<string | undefined> {
  const response = await fetch('http://127.0.0.1:7070/metrics')
  const pattern = new RegExp(`url="http://127.0.0.1:${port}/",state="(\\w+)"} 1`)
  return pattern.exec(await response.text())?.[1]
}
