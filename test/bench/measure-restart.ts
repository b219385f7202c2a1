/** From kill -9 of a service to its running again, under whaleware and its peers; inside the container, see bench.ts. */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const rounds = 7
const pidFile = '/tmp/restart/pid'
const service = `echo $$ > ${pidFile}.new && mv ${pidFile}.new ${pidFile}; exec sleep 1000`

/** How each supervisor is set up with the same service, and started. */
const supervisors: Readonly<Record<string, () => string[]>> = {
  whaleware() {
    writeProgram('/ww/usr/serve', service)
    return ['/ww/run']
  },
  runit() {
    writeProgram('/tmp/restart/runit/service/run', service)
    return ['runsvdir', '/tmp/restart/runit']
  },
  s6() {
    writeProgram('/tmp/restart/s6/service/run', service)
    return ['s6-svscan', '/tmp/restart/s6']
  },
  supervisord() {
    const program = writeProgram('/tmp/restart/service', service)
    const sections = `[supervisord]\nnodaemon=true\nlogfile=/dev/null\nlogfile_maxbytes=0\npidfile=/tmp/restart/s.pid\n`
    writeFileSync(
      '/tmp/restart/supervisord.conf',
      `${sections}[program:service]\ncommand=${program}\nautorestart=true\n`,
    )
    return ['supervisord', '-c', '/tmp/restart/supervisord.conf']
  },
  monit() {
    const program = writeProgram('/tmp/restart/start', `setsid sh -c '${service}' >/dev/null 2>&1 &`)
    const check = `check process service with pidfile ${pidFile}\n  start program = "${program}"\n`
    writeFileSync(
      '/tmp/restart/monitrc',
      `set daemon 1\nset pidfile /tmp/restart/m.pid\nset statefile /tmp/restart/m.state\n${check}`,
    )
    chmodSync('/tmp/restart/monitrc', 0o600)
    return ['monit', '-I', '-c', '/tmp/restart/monitrc']
  },
  'pm2-runtime'() {
    const program = writeProgram('/tmp/restart/service', service)
    return ['/ww/node', '/peers/node_modules/pm2/bin/pm2-runtime', 'start', program, '--interpreter', 'sh']
  },
}

const samples = new Map<string, number[]>()
for (let round = 0; round < rounds; round++) {
  for (const [name, prepare] of Object.entries(supervisors)) {
    samples.set(name, [...(samples.get(name) ?? []), await restartOnce(prepare)])
  }
}
const median = (name: string): number =>
  samples.get(name)?.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN
const rows = Object.keys(supervisors).map(
  (name) =>
    `| ${name} | ${median(name).toFixed(1)} ms | ${(median(name) / median('pm2-runtime')).toFixed(2)} × |`,
)
process.stdout.write(
  ['| kill -9 to running again | median | beside pm2-runtime |', '| --- | --- | --- |', ...rows, ''].join(
    '\n',
  ),
)

async function restartOnce(prepare: () => string[]): Promise<number> {
  rmSync('/tmp/restart', { recursive: true, force: true })
  for (const directory of ['run', 'data', 'runit/service', 's6/service'])
    mkdirSync(`/tmp/restart/${directory}`, { recursive: true })
  const [program = '', ...args] = prepare()
  const env = {
    ...process.env,
    WW_RUN: '/tmp/restart/run',
    WW_DATA: '/tmp/restart/data',
    HOME: '/tmp/restart',
    PATH: `/ww:${process.env.PATH}`,
  }
  const supervisor = spawn(program, args, { env, stdio: 'ignore', detached: true })
  const first = await waitForPid(null)
  // past every supervisor's time of a start that counts as one
  await delay(1500)
  const began = performance.now()
  process.kill(first, 'SIGKILL')
  await waitForPid(first)
  const took = performance.now() - began
  await end(supervisor)
  return took
}

async function waitForPid(old: number | null): Promise<number> {
  for (let deadline = performance.now() + 30_000; performance.now() < deadline; await delay(0.5)) {
    const pid = readPid()
    if (pid !== null && pid !== old) return pid
  }
  throw new Error('the service did not start within 30 s')
}

function readPid(): number | null {
  try {
    return Number(readFileSync(pidFile, 'utf8')) || null
  } catch {
    return null
  }
}

/** Everything else in the container goes: some supervisors' helpers outlive them. */
async function end(supervisor: ChildProcess): Promise<void> {
  const exited = new Promise((done) => supervisor.once('exit', done))
  try {
    for (;;) {
      process.kill(-1, 'SIGKILL')
      await delay(20)
    }
  } catch {
    // nobody is left
  }
  await exited
}

function writeProgram(path: string, script: string): string {
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}
