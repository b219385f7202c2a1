import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { programBelow } from '../bench/process-usage.ts'
import { until } from '../helpers/until.ts'

/** A running instance with a receiver of its events. */
export type BusyInstance = {
  readonly pid: number
  /** How many requests of it have arrived. */
  readonly received: number
  restart(): void
  stop(): Promise<number | null>
}

/** Starts an instance with a service, a monitor every second that prints so many bytes, a schedule, and posts. */
export async function startBusyInstance(tree: string, place: string, bytes: number): Promise<BusyInstance> {
  let received = 0
  const receiver = createServer((request, response) => {
    received += 1
    request.resume()
    response.writeHead(204).end()
  }).listen(0, '127.0.0.1')
  await until(() => receiver.listening)
  const { port } = receiver.address() as AddressInfo
  for (const directory of ['home/usr', 'home/etc', 'run', 'data'])
    mkdirSync(`${place}/${directory}`, { recursive: true })
  const stats = JSON.stringify({ load: 0.5, text: 'x'.repeat(bytes) })
  const hooks = {
    serve: 'exec sleep 1000000',
    monitor: `echo '${stats}'`,
    tick: 'exit 0',
  }
  for (const [name, script] of Object.entries(hooks)) {
    writeFileSync(`${place}/home/usr/${name}`, `#!/bin/sh\n${script}\n`)
    chmodSync(`${place}/home/usr/${name}`, 0o755)
  }
  const settings = {
    monitor: { every: '1s' },
    schedule: { tick: '*/10 * * * * *' },
    restart: { limit: 1_000_000 },
    notify: { url: `http://127.0.0.1:${port}/events` },
  }
  const init = spawn(resolve(tree, 'run'), {
    env: {
      PATH: process.env.PATH,
      ...{ WW_HOME: `${place}/home`, WW_RUN: `${place}/run`, WW_DATA: `${place}/data` },
      CFG: JSON.stringify({ ww: settings }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise<number | null>((done) => init.once('exit', done))
  await until(() => received > 0, 'the first event')
  const pid = programBelow(init.pid ?? 0)
  return {
    pid,
    get received() {
      return received
    },
    restart: () => void process.kill(pid, 'SIGHUP'),
    async stop() {
      init.kill('SIGTERM')
      const code = await ended
      receiver.close()
      return code
    },
  }
}
