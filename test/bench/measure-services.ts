/** A service under whaleware and under its peers: started, killed, and idle; inside the container, see bench.ts. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { medianOf } from './median.ts'
import { endAll, inits, listSupervisors, type Peer, sleeper, start, waitForService } from './peers.ts'
import { cpuOf, privateMemoryOf } from './process-usage.ts'

const rounds = 7
const supervisors = listSupervisors(sleeper)
const samples = new Map<string, number[]>()

for (let round = 0; round < rounds; round++) {
  for (const [name, peer] of Object.entries({ ...supervisors, ...inits })) await liveOnce(name, peer)
}
report('start to the service running', 'started', 'ms', 'tini + sh')
report('kill -9 of the service to running again', 'restarted', 'ms', 'runit')
await idle()
report('private memory when idle', 'memory', 'MiB', 'supervisord')
report('CPU a minute when idle', 'cpu', 'ms', 'supervisord')

async function liveOnce(name: string, peer: Peer): Promise<void> {
  const running = await start(peer, '/tmp/service')
  note(`started ${name}`, running.took)
  if (name in supervisors) {
    // past every supervisor's time of a start that counts as one
    await delay(1500)
    const first = await waitForService(running.place, null)
    const killed = performance.now()
    process.kill(first, 'SIGKILL')
    await waitForService(running.place, first)
    note(`restarted ${name}`, performance.now() - killed)
  }
  await endAll([running])
}

/** All at once for a minute; two of whaleware, since the pages of a program that runs once count as private. */
async function idle(): Promise<void> {
  const peers = Object.entries({ ...supervisors, ...inits })
  const started = await Promise.all(
    peers.map(async ([name, peer]) => ({ name, ...(await start(peer, `/tmp/idle/${name}`)) })),
  )
  const seconds = await Promise.all(
    peers
      .filter(([name]) => name.startsWith('whaleware'))
      .map(([name, peer]) => start(peer, `/tmp/idle/second ${name}`)),
  )
  // what comes soon after the start is over: a collection of garbage, the first monitor
  await delay(5000)
  const measured = await Promise.all(
    started.map(async ({ name, process: { pid = 0 }, place }) => {
      const family = familyOf(pid, await waitForService(place, null))
      return { name, family, cpu: total(family, cpuOf) }
    }),
  )
  await delay(60_000)
  for (const { name, family, cpu } of measured) {
    note(`cpu ${name}`, total(family, cpuOf) - cpu)
    note(
      `memory ${name}`,
      total(family, (pid) => privateMemoryOf(pid) / 2 ** 20),
    )
  }
  await endAll([...started, ...seconds])
}

function total(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((sum, pid) => sum + of(pid), 0)
}

/** The supervisor and its own helpers, without the service. */
function familyOf(root: number, service: number): number[] {
  const parents = readdirSync('/proc').flatMap((entry): [number, number][] => {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      return [[Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0])]]
    } catch {
      return []
    }
  })
  const family = [root]
  for (const member of family)
    family.push(
      ...parents.filter(([pid, parent]) => parent === member && pid !== service).map(([pid]) => pid),
    )
  return family
}

function note(name: string, value: number): void {
  samples.set(name, [...(samples.get(name) ?? []), value])
}

function report(title: string, kind: string, unit: string, peer: string): void {
  const median = (name: string): number => medianOf(samples.get(`${kind} ${name}`) ?? [])
  const names = Object.keys({ ...supervisors, ...inits }).filter((name) => samples.has(`${kind} ${name}`))
  const rows = names.map(
    (name) =>
      `| ${name} | ${median(name).toFixed(1)} ${unit} | ${(median(name) / median(peer)).toFixed(2)} × |`,
  )
  process.stdout.write(
    [`| ${title} | median | beside ${peer} |`, '| --- | --- | --- |', ...rows, '', ''].join('\n'),
  )
}
