/**
 * Mutation tests: changes the code a little, one change at a time, and looks whether a test fails for each.
 *
 *   npm run test:mutation -- [ROOM...] [--sample 200] [--seed 1]
 *
 * Without a room, all rooms of `besides` are tested. `--sample` mutants of each are drawn; the same seed draws the same
 * mutants of the same code. Survivors are listed, first those without a reason in survivors.md (see there).
 * Exits 1 when less than 85 % of the mutants of a room are killed, 2 when its tests fail on the unchanged code.
 *
 * A mutant may kill any process or remove any file: each runs in namespaces of its own, where all but a copy of the
 * tree is read-only; that needs root. (StrykerJS 10 can't load Mocha 12, draws no samples, and its mutants aren't
 * active in the processes that tests start.)
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf } from './mutants.ts'

/** The rooms, and the tests of each besides those that mirror it. */
const besides: Readonly<Record<string, string>> = {
  ...{ lifecycle: '', chart: 'test/{lifecycle,supervisor/target}/**/*.test.ts', hooks: '' },
  ...{ processes: 'test/hooks/**/*.test.ts', data: '', config: 'test/commands/{cfg,render}.test.ts' },
}
process.chdir(resolve(import.meta.dirname, '../..'))
const text = { type: 'string' } as const
const { values, positionals } = parseArgs({ allowPositionals: true, options: { sample: text, seed: text } })
const unknown = positionals.find((room) => besides[room] === undefined)
if (unknown !== undefined) throw new Error(`no such room: ${unknown}`)

const textOf = ({ file, before, after }: Mutant, line = ''): string => `${file}:${line} ${before} -> ${after}`

/** Draws by what a mutant is, so that a change of the code changes little of the sample. */
function draw(mutants: readonly Mutant[]): Mutant[] {
  const keyOf = (mutant: Mutant): string =>
    createHash('sha256')
      .update(`${values.seed ?? 1} ${textOf(mutant)}`)
      .digest('hex')
  const keyed = mutants.map((mutant): [string, Mutant] => [keyOf(mutant), mutant])
  const drawn = keyed
    .toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .slice(0, Number(values.sample ?? 200))
  return drawn.map(([, mutant]) => mutant)
}

function copyTree(): string {
  const copy = fs.mkdtempSync(join(tmpdir(), 'ww-mutation-'))
  fs.cpSync('.', `${copy}/tree`, { recursive: true, filter: (path) => !/^(node_modules|\.git)$/.test(path) })
  fs.symlinkSync(resolve('node_modules'), `${copy}/tree/node_modules`)
  fs.mkdirSync(`${copy}/tmp`)
  return copy
}

/** Runs tests in a copy of the tree; resolves with what they printed when one has failed, or else with null. */
async function run(copy: string, tests: readonly string[], limit: number): Promise<string | null> {
  const inside = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && cd "$0/tree" && "$@"; exit $?'
  const spaces = ['--mount', '--pid', '--mount-proc', '--fork', '--kill-child', 'sh', '-c', inside, copy]
  const mocha = [process.execPath, '--import=tsx', fs.realpathSync('node_modules/mocha/lib/cli/cli.js')]
  const child = spawn('unshare', [...spaces, ...mocha, '--bail', '--exit', '--timeout', '120000', ...tests], {
    env: { ...process.env, TMPDIR: `${copy}/tmp` },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (more) => printed.push(String(more)))
  const code = await new Promise((done) => child.once('close', done))
  clearTimeout(timer)
  const all = printed.join('')
  return code === 0 && / [1-9]\d* passing/.test(all) ? null : `${all}exit ${code}`
}

/** Tries every mutant, in all copies at a time; resolves with those that no test noticed. */
async function survivorsOf(
  mutants: readonly Mutant[],
  tests: readonly string[],
  limit: number,
): Promise<Mutant[]> {
  const waiting = mutants.values()
  const survivors = new Set<Mutant>()
  const work = async (copy: string): Promise<void> => {
    for (const mutant of waiting) {
      // the file's own test first: most mutants end there
      const isOwn = (test: string) => Number(test.endsWith(`/${basename(mutant.file, '.ts')}.test.ts`))
      fs.writeFileSync(join(copy, 'tree', mutant.file), mutant.source)
      const failure = await run(
        copy,
        tests.toSorted((a, b) => isOwn(b) - isOwn(a)),
        limit,
      )
      if (failure === null) survivors.add(mutant)
      fs.copyFileSync(mutant.file, join(copy, 'tree', mutant.file))
    }
  }
  await Promise.all(copies.map(work))
  return mutants.filter((mutant) => survivors.has(mutant))
}

/** The reasons in survivors.md, by the line that they stand below. */
function readReasons(): Map<string, string> {
  const entries = fs.readFileSync('test/mutation/survivors.md', 'utf8').split(/^- /m).slice(1)
  const pairs = entries.map((entry) => entry.trim().split(/\n\s*/))
  return new Map(pairs.map(([line = '', ...reason]) => [line.replace(/:\d+ /, ': '), reason.join(' ')]))
}

/** Tests a room, prints its report, and gives the exit code. */
async function testRoom(room: string, [copy = '']: readonly string[]): Promise<number> {
  const tests = [`test/${room}/**/*.test.ts`, besides[room] ?? ''].flatMap((glob) =>
    fs.globSync(glob).toSorted(),
  )
  const began = performance.now()
  const failure = await run(copy, tests, 600_000)
  if (failure !== null) console.log(`${room}: its tests fail on the unchanged code\n${failure}`)
  if (failure !== null) return 2
  const mutants = draw(fs.globSync(`ww/${room}/**/*.ts`).toSorted().flatMap(mutantsOf))
  const survivors = await survivorsOf(mutants, tests, 5 * (performance.now() - began))
  const killed = mutants.length - survivors.length
  console.log(
    `${room}: ${killed} of ${mutants.length} killed, ${((100 * killed) / mutants.length).toFixed(1)} %`,
  )
  const reasons = readReasons()
  const [known, open] = [
    survivors.filter((one) => reasons.has(textOf(one))),
    survivors.filter((one) => !reasons.has(textOf(one))),
  ]
  for (const one of [...open, ...known])
    console.log(`- ${textOf(one, String(one.line))}\n  ${reasons.get(textOf(one)) ?? 'NO REASON YET'}`)
  return killed < 0.85 * mutants.length ? 1 : 0
}

const copies = [copyTree(), copyTree()]
process.once('exit', () => copies.map((copy) => fs.rmSync(copy, { recursive: true, force: true })))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
for (const room of positionals.length > 0 ? positionals : Object.keys(besides))
  process.exitCode = Math.max(Number(process.exitCode ?? 0), await testRoom(room, copies))
