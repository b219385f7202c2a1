/** What 10,000 instances that report every 30 seconds cost a receiver. */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import { makeSender } from '../receiver/receivers.ts'
import { medianOf } from './median.ts'
import { rounds } from './wrk.ts'

const instances = 10_000
const interval = 30_000
const seconds = Number(process.env.QUIET_SECONDS ?? 15)

/** An instance opens a connection for each report. */
const agent = new Agent({ keepAlive: false })

/** The processor time that a process has had, in seconds. */
function cpuOf(pid: number, ticks: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticks
}

/** A figure of /proc/PID/status, in MB. */
function memoryOf(pid: number, name: string): number {
  const [, kibibytes] =
    new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return (Number(kibibytes) * 1024) / 1e6
}

/** Posts, and resolves with the milliseconds that the answer took; rejects for any that is not 200. */
function post(url: string, body: string, type: string): Promise<number> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
    const posting = request(`${url}/v1/events`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().once('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - began)
        else reject(new Error(`it answered ${answer.statusCode}`))
      })
    })
    posting.once('error', reject)
    posting.end(body)
  })
}

/** A server that the fleet reports to. */
export type Listener = { readonly url: string; readonly pid: number }

/** What was measured in a round. */
type Round = { readonly share: number; readonly memory: number; readonly p99: number }

/**
 * Prints the processor time and the memory of a receiver, without a reader of its stream and with one; and, since no two
 * machines nor hours are alike, of a bare server that takes the same and does nothing with it: medians of rounds, one of
 * each in turn.
 */
export async function measureQuietFleet(
  receiver: Listener,
  onNode: Listener,
  bare: Listener,
  print: (line: string) => void,
): Promise<void> {
  const ticks = Number((await execa('getconf', ['CLK_TCK'])).stdout)
  const senders = Array.from({ length: instances }, (_, index) =>
    makeSender(`q${index}`, { app: `app-${index % 20}`, instance: `i-${index}`, interval }),
  )
  for (let from = 0; from < instances; from += 1000) {
    const events = senders.slice(from, from + 1000).map((sender) => sender.entered('UP'))
    for (const { url } of [receiver, onNode])
      await post(url, JSON.stringify(events), 'application/cloudevents-batch+json')
  }
  let next = 0
  const report = async (url: string, duration: number): Promise<number[]> => {
    const took: Promise<number>[] = []
    const began = performance.now()
    for (let sent = 0; performance.now() - began < duration; await delay(5)) {
      for (const due = ((performance.now() - began) * instances) / interval; sent < due; sent += 1) {
        const event = senders[next++ % instances]?.pushed({
          connections: 12,
          requests: next,
          memory: 73_400_320,
        })
        took.push(post(url, JSON.stringify(event), 'application/cloudevents+json'))
      }
    }
    return (await Promise.all(took)).toSorted((a, b) => a - b)
  }
  const measure = async ({ url, pid }: Listener): Promise<Round> => {
    await report(url, 3000)
    const [began, before] = [performance.now(), cpuOf(pid, ticks)]
    const took = await report(url, seconds * 1000)
    const share = (cpuOf(pid, ticks) - before) / ((performance.now() - began) / 1000)
    return { share, memory: memoryOf(pid, 'VmRSS'), p99: took[Math.floor(took.length * 0.99)] ?? Number.NaN }
  }
  const measureWatched = async (): Promise<Round> => {
    const looking = new AbortController()
    const stream = await fetch(`${receiver.url}/v1/stream`, { signal: looking.signal })
    const read = (async () => {
      for await (const _ of stream.body ?? []);
    })().catch(() => {})
    const round = await measure(receiver)
    looking.abort()
    await read
    return round
  }
  const kinds = [
    { name: 'a bare server of Node.js, which keeps nothing', run: () => measure(bare) },
    { name: 'ours, nobody looks', run: () => measure(receiver) },
    { name: 'ours on Node, nobody looks', run: () => measure(onNode) },
    { name: 'ours, one page is open', run: measureWatched },
  ]
  // each instance twice: in the first minute a runtime is still compiling
  await Promise.all([bare, receiver, onNode].map(({ url }) => report(url, 2 * interval)))
  const done = new Map<string, Round[]>(kinds.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const { name, run } of kinds) done.get(name)?.push(await run())

  const fleet = `${instances.toLocaleString('en')} instances, each reporting every ${interval / 1000} s`
  print(`${fleet}; medians of ${rounds} rounds of ${seconds} s\n`)
  print('| | of one core | memory | p99, ms |\n| --- | ---: | ---: | ---: |')
  for (const [name, all] of done) {
    const share = (medianOf(all.map((round) => round.share)) * 100).toFixed(1)
    const memory = medianOf(all.map((round) => round.memory)).toFixed(0)
    const p99 = medianOf(all.map((round) => round.p99)).toFixed(1)
    print(`| ${name} | ${share} % | ${memory} MB | ${p99} |`)
  }
}
