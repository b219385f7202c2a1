/** The supervisors that whaleware is measured beside, each set up with the same service and started. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** How to run one service under a supervisor: writes what it needs into an empty directory and gives its command. */
export type Peer = (place: string) => string[]

/** Tells its pid when it runs. */
export const sleeper = 'echo $$ > "$PLACE/pid.new" && mv "$PLACE/pid.new" "$PLACE/pid"; exec sleep 1000'

/** Those that start a service, a line of sh, and restart it when it ends. */
export const listSupervisors = (service: string): Readonly<Record<string, Peer>> => ({
  whaleware: () => withHooks(service, '/ww/run'),
  'whaleware, a service that is not essential': () => withHooks(service, '/ww/run', 'serve-one'),
  'whaleware on Node': () => withHooks(service, '/ww-node/run'),
  runit(place) {
    writeProgram(`${place}/runit/service/run`, service)
    return ['runsvdir', `${place}/runit`]
  },
  s6(place) {
    writeProgram(`${place}/s6/service/run`, service)
    return ['s6-svscan', `${place}/s6`]
  },
  supervisord(place) {
    const program = writeProgram(`${place}/service`, service)
    const itself = `[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=${place}/s.pid\n`
    writeFileSync(
      `${place}/supervisord.conf`,
      `${itself}[program:service]\ncommand=${program}\nautorestart=true\n`,
    )
    return ['supervisord', '-c', `${place}/supervisord.conf`]
  },
  monit(place) {
    const program = writeProgram(
      `${place}/start`,
      `export PLACE=${place}; setsid sh -c '${service}' >/dev/null 2>&1 &`,
    )
    const check = `check process service with pidfile ${place}/pid\n  start program = "${program}"\n`
    writeFileSync(
      `${place}/monitrc`,
      `set daemon 1\nset pidfile ${place}/m.pid\nset statefile ${place}/m.state\n${check}`,
    )
    chmodSync(`${place}/monitrc`, 0o600)
    return ['monit', '-I', '-c', `${place}/monitrc`]
  },
  'pm2-runtime'(place) {
    const program = writeProgram(`${place}/service`, service)
    return [
      '/ww-node/node',
      '/peers/node_modules/pm2/bin/pm2-runtime',
      'start',
      program,
      '--interpreter',
      'sh',
    ]
  },
})

/** Those that only start it: the least that an init does. */
export const inits: Readonly<Record<string, Peer>> = {
  'tini + sh': (place) => ['/ww/tini', '-s', '--', writeProgram(`${place}/service`, sleeper)],
  'dumb-init + sh': (place) => ['dumb-init', writeProgram(`${place}/service`, sleeper)],
}

/** A running supervisor. */
export type Running = { readonly process: ChildProcess; readonly place: string }

/** Starts one in an empty directory of its own; resolves when its service runs, with how long that took. */
export async function start(peer: Peer, place: string): Promise<Running & { readonly took: number }> {
  rmSync(place, { recursive: true, force: true })
  for (const directory of ['run', 'data', 'runit/service', 's6/service'])
    mkdirSync(`${place}/${directory}`, { recursive: true })
  const [program = '', ...args] = peer(place)
  const env = {
    ...process.env,
    PLACE: place,
    WW_HOME: '/ww',
    WW_RUN: `${place}/run`,
    WW_DATA: `${place}/data`,
    HOME: place,
    PATH: `/ww:${process.env.PATH}`,
  }
  const began = performance.now()
  const child = spawn(program, args, { env, stdio: 'ignore', detached: true })
  await waitForService(place, null)
  return { process: child, place, took: performance.now() - began }
}

/** Waits until the service runs under another pid than `old`. */
export async function waitForService(place: string, old: number | null): Promise<number> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await delay(0.5)) {
    const pid = readPid(place)
    if (pid !== null && pid !== old) return pid
  }
  throw new Error(`the service of ${place} did not start within 30 s`)
}

function readPid(place: string): number | null {
  try {
    return Number(readFileSync(`${place}/pid`, 'utf8')) || null
  } catch {
    return null
  }
}

/** Ends everything else in the container: some supervisors' children outlive them. */
export async function endAll(running: readonly Running[]): Promise<void> {
  const exited = running.map(({ process: child }) => new Promise((done) => child.once('exit', done)))
  try {
    for (;;) {
      process.kill(-1, 'SIGKILL')
      await delay(20)
    }
  } catch {
    // nobody is left
  }
  await Promise.all(exited)
}

function withHooks(service: string, program: string, hook = 'serve'): string[] {
  for (const name of ['serve', 'serve-one']) rmSync(`/ww/usr/${name}`, { force: true })
  writeProgram(`/ww/usr/${hook}`, service)
  writeProgram('/ww/usr/monitor', 'echo "{}"')
  return [program]
}

function writeProgram(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}
