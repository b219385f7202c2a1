/**
 * The main job, without a container: several instances of two apps are taken through their whole lives on this machine,
 * their hooks in sh, and report to a receiver that shows them on a live page. Everything is under one temporary folder;
 * Ctrl-C stops it cleanly.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bundlePage } from '../../docker/build/page.ts'

const here = import.meta.dirname
const sources = resolve(here, '../..')
const main = join(sources, 'ww/main.ts')
const root = mkdtempSync(join(tmpdir(), 'whaleware-demo-'))
const [receiverPort = 0, ...ports] = await findFreePorts(4)
const url = `http://127.0.0.1:${receiverPort}`

await bundlePage(join(sources, 'ww/receiver/page'), join(sources, 'dist/fleet-page'))
const receiver = start('receiver', [
  'receiver',
  '--port',
  String(receiverPort),
  '--db',
  join(root, 'fleet.db'),
])
const instances = [
  ...ports.map((port, index) => boot('hello', `hello-${index + 1}`, { port })),
  boot('mailer', 'mailer-1', {}),
  boot('mailer', 'mailer-2', { misbehaves: true }),
]
process.stdout.write(`
Five instances of two apps go through their lives in ${root}; mailer-2 misbehaves on purpose.

  ${url}                  the fleet, live
  curl http://127.0.0.1:${ports[0]}/die      kill the service of hello-1: it is running again at once

Ctrl-C stops all of it cleanly.

`)

// Ctrl-C reaches the instances, too; the receiver hears their last words, and is stopped after them
process.on('SIGINT', () => {})
for (const signal of ['SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    for (const child of instances) child.kill('SIGTERM')
  })
const codes = await Promise.all(instances.map(endOf))
receiver.kill('SIGTERM')
await endOf(receiver)
rmSync(root, { recursive: true, force: true })
process.stdout.write(`\nThey ended with the exit codes ${codes.join(', ')}; ${root} is removed.\n`)

/** Boots an instance of an app in a folder of its own. */
function boot(app: string, instance: string, cfg: object): ChildProcess {
  const place = join(root, instance)
  const home = join(place, 'ww')
  cpSync(join(here, app), home, { recursive: true })
  for (const program of ['cfg', 'ww']) cpSync(join(sources, 'ww/sh', program), join(home, program))
  for (const name of ['data', 'run', 'backup']) mkdirSync(join(place, name))
  const ww = { instance, labels: { host: 'this-machine' }, notify: { url: `${url}/v1/events` } }
  return start(instance, ['run'], {
    WW_HOME: home,
    WW_DATA: join(place, 'data'),
    WW_RUN: join(place, 'run'),
    WW_BACKUP: join(place, 'backup'),
    DEMO_NODE: process.execPath,
    CFG: JSON.stringify({ ...cfg, ww }),
  })
}

/** Starts `ww` with its output on ours, each line with its name. */
function start(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: name === 'receiver',
    env: { ...process.env, ...env },
  })
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.trimEnd().split('\n')) process.stdout.write(`${name.padEnd(9)} ${line}\n`)
    })
  return child
}

function endOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((done) => child.once('exit', (code, signal) => done(code ?? signal ?? 'unknown')))
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  const ports: number[] = []
  for (const server of servers) {
    if (!server.listening) await new Promise((listening) => server.once('listening', listening))
    const address = server.address()
    ports.push(typeof address === 'object' && address ? address.port : 0)
  }
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}
