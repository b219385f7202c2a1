/** What the benches of the HTTP services share: servers that are started and ended, and wrk asking them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cpus } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { until } from '../helpers/until.ts'
import { medianOf } from './median.ts'

const here = import.meta.dirname
const root = resolve(here, '../..')
const children: ChildProcess[] = []

/** What is measured: a name, and how wrk asks: a Lua script beside this file, and what it is given. */
export type Subject = {
  readonly name: string
  readonly url: string
  readonly script?: string
  readonly args?: readonly string[]
}

/** Requests a second, and milliseconds. */
export type Figures = { readonly rate: number; readonly p99: number }

export const rounds = Number(process.env.ROUNDS ?? 5)
export const seconds = Number(process.env.ROUND_SECONDS ?? 4)
export const connections = 32

/** The command lines of the trees that are built: the product's, and the last one on Node beside it. */
export const trees = { ours: join(root, 'dist/ww/ww'), node: join(root, 'dist/ww-node/ww') } as const
for (const tree of Object.values(trees)) {
  if (!existsSync(tree))
    throw new Error(`cannot find ${tree}: npm run build && npm run build -- --runtime node`)
}

/** Starts a server; resolves when it answers at `url`. */
export async function start(command: string, args: readonly string[], url: string): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: 'ignore', cwd: root })
  children.push(child)
  await until(
    () =>
      fetch(url).then(
        (answer) => answer.ok,
        () => false,
      ),
    `${command} answers at ${url}`,
  )
  return child
}

/** Ends every server that was started. */
export function endAll(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL')
}

/** Runs wrk once; throws when not every answer is a success. */
export async function measure({ name, url, script, args = [] }: Subject): Promise<Figures> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '10s']
  const asking = [...(script ? ['-s', join(here, script)] : []), url, ...(args.length ? ['--', ...args] : [])]
  const { stdout } = await execa('wrk', [...options, ...asking])
  const failed = /(Non-2xx or 3xx responses|Socket errors): .*/.exec(stdout)
  if (failed) throw new Error(`${name}: ${failed[0]}`)
  const [, rate] = /Requests\/sec:\s+([\d.]+)/.exec(stdout) ?? []
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? []
  const factor = unit === 'us' ? 0.001 : unit === 's' ? 1_000 : 1
  return { rate: Number(rate), p99: Number(p99) * factor }
}

/** Measures all of them in interleaved rounds and prints the medians; answers with the rate of each, by its name. */
export async function compare(subjects: readonly Subject[]): Promise<(name: string) => number> {
  const figures = new Map<string, Figures[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const subject of subjects) figures.get(subject.name)?.push(await measure(subject))
  }
  const rateOf = (name: string): number => medianOf((figures.get(name) ?? []).map(({ rate }) => rate))
  process.stdout.write(
    `${cpus().length} × ${cpus()[0]?.model}, ${connections} connections, medians of ${rounds} rounds of ${seconds} s\n\n`,
  )
  process.stdout.write('| | per second | p99, ms |\n| --- | ---: | ---: |\n')
  for (const [name, measured] of figures) {
    const p99 = medianOf(measured.map((one) => one.p99))
    process.stdout.write(
      `| ${name} | ${Math.round(rateOf(name)).toLocaleString('en')} | ${p99.toFixed(1)} |\n`,
    )
  }
  process.stdout.write('\n')
  return rateOf
}
