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
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf } from './mutants.ts'
import { copyTree, runTests } from './sandbox.ts'

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

/** Tries every mutant, in all copies at a time; resolves with those that no test noticed. */
async function survivorsOf(
  mutants: readonly Mutant[],
  tests: readonly string[],
  limit: number,
): Promise<Mutant[]> {
  const waiting = mutants.values()
  const survivors = new Set<Mutant>()
  let tried = 0
  const work = async (copy: string): Promise<void> => {
    for (const mutant of waiting) {
      // the file's own test first, since most mutants end there, and the slow ones last
      const own = `/${basename(mutant.file, '.ts')}.test.ts`
      const rank = (test: string) =>
        test.endsWith(own) ? 0 : 1 + Number(test.endsWith('/properties.test.ts'))
      fs.writeFileSync(join(copy, 'tree', mutant.file), mutant.source)
      const failure = await runTests(
        copy,
        tests.toSorted((a, b) => rank(a) - rank(b)),
        limit,
      )
      if (failure === null) survivors.add(mutant)
      const [, test = 'no test in time'] = failure === null ? [] : (/^ +1\) (.*)/m.exec(failure) ?? [])
      const outcome = failure === null ? 'survived' : `killed (${test})`
      process.stderr.write(
        `${++tried} of ${mutants.length} ${outcome}: ${textOf(mutant, String(mutant.line))}\n`,
      )
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
async function testRoom(room: string): Promise<number> {
  const tests = [`test/${room}/**/*.test.ts`, besides[room] ?? ''].flatMap((glob) =>
    fs.globSync(glob).toSorted(),
  )
  const began = performance.now()
  const fails = async (): Promise<boolean> => {
    const failures = await Promise.all(copies.map((copy) => runTests(copy, tests, 600_000)))
    const failure = failures.find((one) => one !== null)
    if (failure) console.log(`${room}: its tests fail on the unchanged code\n${failure}`)
    return failure !== undefined
  }
  if (await fails()) return 2
  const mutants = draw(fs.globSync(`ww/${room}/**/*.ts`).toSorted().flatMap(mutantsOf))
  const survivors = await survivorsOf(mutants, tests, 3 * (performance.now() - began))
  // a mutant may have left something behind that makes the tests fail, so that all later ones count as killed
  if (await fails()) return 2
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
  process.exitCode = Math.max(Number(process.exitCode ?? 0), await testRoom(room))
