/** The measurements, inside the container; see bench.ts. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { medianOf } from './median.ts'

const rounds = 21
const hooks = ['boot', 'firstboot', 'upgrade', 'svcup', 'warmup', 'lifecycle']
const place = { WW_RUN: '/tmp/bench/run', WW_DATA: '/tmp/bench/data' }
const env = { ...process.env, WW_HOME: '/ww', ...place }

for (const hook of hooks) writeProgram(`/ww/usr/${hook}`, 'exit 0')
writeProgram(
  '/tmp/plain',
  'cd /ww/usr; ./lifecycle BOOT; ./boot; ./lifecycle FIRSTBOOT; ./firstboot; ./lifecycle UPGRADING; ./upgrade; ./lifecycle WARMUP; ./svcup; ./warmup; ./lifecycle UP',
)

const samples = new Map<string, number[]>()
for (let round = 0; round < rounds; round++) {
  note('plain sh, ten hooks', runToEnd('/tmp/plain', []))
  await liveOnce()
  await liveOnce('{}', () => {}, '/ww-node/run', 'whaleware on Node')
  note('ww --help', runToEnd('/ww/ww', ['--help']))
}
await runQueries({ a: 1, b: 2, c: 3, d: 4, e: 5 }, '5 keys')
await runQueries(
  Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key${i}`, `value ${i}`])),
  '2,000 keys',
)
report()

/** One life: the time to UP, and from SIGTERM to the exit. */
async function liveOnce(
  cfg = '{}',
  whileUp: () => void = () => {},
  program = '/ww/run',
  name = 'whaleware',
): Promise<void> {
  rmSync('/tmp/bench', { recursive: true, force: true })
  for (const directory of Object.values(place)) mkdirSync(directory, { recursive: true })
  const began = performance.now()
  const instance = spawn(program, { env: { ...env, CFG: cfg }, stdio: 'ignore' })
  const exited = new Promise((done) => instance.once('exit', done))
  while (!isUp()) await delay(1)
  note(`${name}, ten hooks to UP`, performance.now() - began)
  await delay(50)
  whileUp()
  const asked = performance.now()
  instance.kill('SIGTERM')
  await exited
  note(`${name}, SIGTERM to exit`, performance.now() - asked)
}

/** What hooks and health checks ask, each beside /bin/true. */
async function runQueries(config: object, keys: string): Promise<void> {
  const last = Object.keys(config).at(-1) ?? ''
  await liveOnce(JSON.stringify(config), () => {
    for (let round = 0; round < rounds * 10; round++) {
      note('/bin/true', runToEnd('/bin/true', []))
      note(`ww cfg, ${keys}`, runToEnd('/ww/cfg', [last]))
      note('ww health', runToEnd('/ww/ww', ['health']))
    }
  })
}

function report(): void {
  const median = (name: string): number => medianOf(samples.get(name) ?? [])
  const rows = [
    ['whaleware, ten hooks to UP', 'plain sh, ten hooks'],
    ['whaleware on Node, ten hooks to UP', 'plain sh, ten hooks'],
    ['whaleware, SIGTERM to exit', null],
    ['whaleware on Node, SIGTERM to exit', null],
    ['ww --help', null],
    ['ww cfg, 5 keys', '/bin/true'],
    ['ww cfg, 2,000 keys', '/bin/true'],
    ['ww health', '/bin/true'],
  ] as const
  const lines = rows.map(([name, peer]) => {
    const beside =
      peer === null
        ? ' | '
        : `${peer}: ${median(peer).toFixed(2)} ms | ${(median(name) / median(peer)).toFixed(2)} ×`
    return `| ${name} | ${median(name).toFixed(2)} ms | ${beside} |`
  })
  process.stdout.write(
    ['| what | median | beside | ratio |', '| --- | --- | --- | --- |', ...lines, ''].join('\n'),
  )
}

function note(name: string, ms: number): void {
  samples.set(name, [...(samples.get(name) ?? []), ms])
}

function runToEnd(program: string, args: string[]): number {
  const began = performance.now()
  const { status } = spawnSync(program, args, { env, stdio: 'ignore' })
  const took = performance.now() - began
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`)
  return took
}

function isUp(): boolean {
  try {
    return /^state UP /m.test(readFileSync(`${place.WW_RUN}/status`, 'utf8'))
  } catch {
    return false
  }
}

function writeProgram(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
}
