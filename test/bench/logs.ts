/**
 * CPU per line of what prints the log, beside its peers: at full speed, and line by line. Inside the container, see
 * bench.ts; or anywhere, with WW_TREE=dist/ww and s6 in PATH.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { closeSync, constants, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { medianOf } from './median.ts'
import { cpuOf, privateMemoryOf } from './process-usage.ts'

const rounds = 5
const tree = process.env.WW_TREE ?? '/ww'
const place = '/tmp/bench-logs'
const line = `${'x'.repeat(99)}\n`
const [fastLines, slowLines] = [1_000_000, 1000]

/** How to print what comes from a FIFO: with the FIFO as standard input, or by itself. */
type Printer = { readonly words: readonly string[]; readonly env?: NodeJS.ProcessEnv }

const ww = (format: string, jit: '0' | '1', directory = place): Printer => ({
  words: [
    `${tree}/lib/ld.so`,
    '--library-path',
    `${tree}/lib`,
    `${tree}/whaleware`,
    'log',
    format,
    directory,
  ],
  env: { BUN_JSC_useJIT: jit, BUN_JSC_useConcurrentGC: '0', BUN_GC_TIMER_INTERVAL: '60000' },
})
const printers: Readonly<Record<string, Printer>> = {
  cat: { words: ['cat'] },
  's6-log, as it is': { words: ['s6-log', '1'] },
  's6-log, with TAI64N': { words: ['s6-log', 't', '1'] },
  's6-log, with the time': { words: ['s6-log', 'T', '1'] },
  'awk, with a constant': { words: ['awk', '{ print "serve           out   " $0 }'] },
  'ww log prefix': ww('prefix', '0'),
  'ww log json': ww('json', '0'),
  'ww log prefix, with JIT': ww('prefix', '1'),
}
const peer = 's6-log, with the time'
const samples = new Map<string, number[]>()

rmSync(place, { recursive: true, force: true })
mkdirSync(place, { recursive: true })
writeFileSync(`${place}/lines`, line.repeat(fastLines))
for (let round = 0; round < rounds; round++)
  for (const [name, printer] of Object.entries(printers)) await printOnce(name, printer)
report('at full speed, lines of 100 bytes', 'fast', 'µs')
report('1,000 lines a second, one by one', 'slow', 'µs')
process.stdout.write('| private memory of ww log when idle | |\n| --- | --- |\n')
for (const sources of [1, 10, 20]) await measureMemory(sources)
rmSync(place, { recursive: true })

async function printOnce(name: string, printer: Printer): Promise<void> {
  const running = start(printer, 1)
  const [fifo = 0] = running.fifos
  try {
    writeSync(fifo, line)
    await settle(running.pid)
    const before = cpuOf(running.pid)
    spawnSync('cat', [`${place}/lines`], { stdio: ['ignore', fifo, 'inherit'] })
    const fast = (await settle(running.pid)) - before
    note(`fast ${name}`, (fast / fastLines) * 1000)
    const between = cpuOf(running.pid)
    for (let count = 0; count < slowLines; count++) {
      writeSync(fifo, line)
      await delay(1)
    }
    note(`slow ${name}`, (((await settle(running.pid)) - between) / slowLines) * 1000)
  } finally {
    running.end()
  }
}

async function measureMemory(sources: number): Promise<void> {
  // two, since the pages of a program that runs once count as private
  const [first, second] = [`${place}/first`, `${place}/second`]
  const running = [
    start(ww('prefix', '0', first), sources, first),
    start(ww('prefix', '0', second), sources, second),
  ] as const
  await delay(1000)
  for (const fifo of running[0].fifos) writeSync(fifo, line)
  await delay(1000)
  const memory = privateMemoryOf(running[0].pid) / 2 ** 20
  process.stdout.write(`| ${sources} service${sources === 1 ? '' : 's'} | ${memory.toFixed(1)} MiB |\n`)
  for (const { end } of running) end()
}

/** Starts one that prints into a pipe, which is read as an engine does. */
function start({ words, env = {} }: Printer, sources: number, directory = place) {
  const paths = Array.from({ length: sources }, (_, index) => `${directory}/source-serve-${index}`)
  mkdirSync(directory, { recursive: true })
  const names = [`${directory}/control`, ...paths.flatMap((path) => [`${path}.out`, `${path}.err`])]
  spawnSync('mkfifo', names)
  const { O_RDWR, O_RDONLY, O_NONBLOCK } = constants
  const held = openSync(`${directory}/control`, O_RDWR)
  const fifos = names.slice(1).map((path) => openSync(path, O_RDWR))
  const input = openSync(names[1] ?? '', O_RDONLY | O_NONBLOCK)
  spawnSync('mkfifo', [`${directory}/output`])
  const output = openSync(`${directory}/output`, O_RDWR)
  const reader = spawn('cat', [`${directory}/output`], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [file = '', ...args] = words
  // s6-log wants a standard input that blocks
  const blocking = openSync(`/proc/self/fd/${input}`, O_RDONLY)
  const printer: ChildProcess = spawn(file, args, {
    stdio: [blocking, output, 'inherit'],
    env: { ...process.env, ...env },
  })
  const end = (): void => {
    for (const child of [printer, reader]) child.kill('SIGKILL')
    for (const open of [held, input, blocking, output, ...fifos]) closeSync(open)
    for (const name of [...names, `${directory}/output`]) rmSync(name)
  }
  return { pid: printer.pid ?? 0, fifos: fifos.filter((_, index) => index % 2 === 0), end }
}

/** Waits until a process has nothing to do; returns its CPU time. */
async function settle(pid: number): Promise<number> {
  for (let last = -1; ; ) {
    const cpu = cpuOf(pid)
    if (cpu === last) return cpu
    last = cpu
    await delay(150)
  }
}

function note(name: string, value: number): void {
  samples.set(name, [...(samples.get(name) ?? []), value])
}

function report(title: string, kind: string, unit: string): void {
  const median = (name: string): number => medianOf(samples.get(`${kind} ${name}`) ?? [])
  const rows = Object.keys(printers).map(
    (name) =>
      `| ${name} | ${median(name).toFixed(2)} ${unit} | ${(median(name) / median(peer)).toFixed(2)} × |`,
  )
  process.stdout.write(
    [`| CPU a line, ${title} | median | beside ${peer} |`, '| --- | --- | --- |', ...rows, '', ''].join('\n'),
  )
}
