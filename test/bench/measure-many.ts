/** Many services in one instance: until all are ready, and what each one costs; inside the container, see bench.ts. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { medianOf } from './median.ts'
import { endAll } from './peers.ts'
import { privateMemoryOf, programBelow } from './process-usage.ts'

const rounds = 7
const place = '/tmp/many'

const one: number[] = []
const ten: number[] = []
for (let round = 0; round < rounds; round++) {
  one.push(await warmUp(1))
  ten.push(await warmUp(10))
}
const [alone, together] = [medianOf(one), medianOf(ten)]
const few = await memoryOf(2)
const many = await memoryOf(52)
process.stdout.write(`| services that are ready 200 ms after their start | WARMUP to UP |
| --- | --- |
| one | ${alone.toFixed(0)} ms |
| ten, in parallel | ${together.toFixed(0)} ms (${(together / alone).toFixed(2)} \u00d7) |

each further idle service: ${((many - few) / 50 / 1000).toFixed(1)} kB of private memory of the instance
`)

/** How long WARMUP lasts with so many services. */
async function warmUp(count: number): Promise<number> {
  const names = writeServices(count, 'sleep 0.2; : > "$WW_RUN/ready-$WW_HOOK"; exec sleep 1000')
  const services = Object.fromEntries(
    names.map((name) => [name, { essential: true, ready: `file:${place}/run/ready-${name}` }]),
  )
  const instance = await start({ ww: { services } })
  const up = events().find(({ state }) => state === 'UP')
  await endAll([{ process: instance, place }])
  return up?.previousMs ?? Number.NaN
}

/** The private memory of an instance with so many services, when it is idle. */
async function memoryOf(count: number): Promise<number> {
  writeServices(count, 'exec sleep 1000')
  const instance = await start({})
  await delay(5000)
  const bytes = privateMemoryOf(programBelow(instance.pid ?? 0), 'dirty')
  await endAll([{ process: instance, place }])
  return bytes
}

async function start(config: object): Promise<ChildProcess> {
  rmSync(place, { recursive: true, force: true })
  for (const directory of ['run', 'data']) mkdirSync(`${place}/${directory}`, { recursive: true })
  const instance = spawn('/ww/run', {
    env: { ...process.env, WW_RUN: `${place}/run`, WW_DATA: `${place}/data`, CFG: JSON.stringify(config) },
    stdio: 'ignore',
    detached: true,
  })
  while (events().at(-1)?.state !== 'UP') await delay(2)
  return instance
}

function writeServices(count: number, script: string): string[] {
  for (const hook of readdirSync('/ww/usr')) rmSync(`/ww/usr/${hook}`)
  const names = Array.from({ length: count }, (_, index) => `serve-${index}`)
  for (const name of names) {
    writeFileSync(`/ww/usr/${name}`, `#!/bin/sh\n${script}\n`)
    chmodSync(`/ww/usr/${name}`, 0o755)
  }
  return names
}

function events(): { state: string; previousMs: number }[] {
  try {
    const lines = readFileSync(`${place}/run/events.ndjson`, 'utf8').trim().split('\n')
    return lines.map((line) => JSON.parse(line))
  } catch {
    return []
  }
}
