/**
 * Mutation tests: changes the code a little, one change at a time, and looks whether a test fails for each.
 *
 *   npm run test:mutation -- [ROOM...] [--sample 200] [--seed 1]
 *
 * Survivors are listed with their reasons, from survivors.md. Exits 1 when less than 85 % of a room are killed, or its
 * tests fail on the unchanged code. (StrykerJS 10 can't load Mocha 12, and doesn't reach the processes of the tests.)
 */
import { hash } from 'node:crypto'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Mutant, mutantsOf } from './mutants.ts'
import { runTests } from './sandbox.ts'

const rooms = ['lifecycle', 'chart', 'hooks', 'processes', 'data', 'config']
/** The tests of a room besides those that mirror it. */
const besides: Readonly<Record<string, string>> = {
  chart: 'test/{lifecycle,supervisor/target}/**/*.test.ts',
  processes: 'test/hooks/**/*.test.ts',
  config: 'test/commands/{cfg,render}.test.ts',
}
const options = { sample: { type: 'string' }, seed: { type: 'string' } } as const
const { values, positionals } = parseArgs({ allowPositionals: true, options })

/** Tests a room, prints its report, and returns whether enough mutants were killed. */
async function testRoom(room: string): Promise<boolean> {
  const tests = [`test/${room}/**/*.test.ts`, besides[room] ?? ''].flatMap((glob) => fs.globSync(glob))
  const checkUnchanged = async (): Promise<void> => {
    const failure = await runTests(copy, tests, 600_000)
    if (failure !== null) throw new Error(`${room}: its tests fail on the unchanged code\n${failure}`)
  }
  const began = Date.now()
  await checkUnchanged()
  const limit = 3 * (Date.now() - began)
  // drawn by what a mutant is, so that a change of the code changes little of the sample
  const keyOf = ({ name }: Mutant): string => hash('sha256', `${values.seed ?? 1} ${name}`)
  const mutants = fs.globSync(`ww/${room}/**/*.ts`).flatMap(mutantsOf)
  mutants.sort((a, b) => keyOf(a).localeCompare(keyOf(b))).splice(Number(values.sample ?? 200))
  const survivors: string[] = []
  for (const [index, { file, line, name, source }] of mutants.entries()) {
    fs.writeFileSync(`${copy}/tree/${file}`, source)
    // the file's own test first, since most mutants end there
    const own = `/${basename(file, '.ts')}.test.ts`
    const sorted = tests.toSorted((a, b) => Number(b.endsWith(own)) - Number(a.endsWith(own)))
    const failure = await runTests(copy, sorted, limit)
    fs.copyFileSync(file, `${copy}/tree/${file}`)
    if (failure === null) survivors.push(name)
    const outcome = failure && `killed (${/^ +1\) (.*)/m.exec(failure)?.[1] ?? 'no test in time'})`
    console.error(`${index + 1} of ${mutants.length} ${outcome ?? 'survived'}: line ${line} of ${name}`)
  }
  // a mutant may have left something behind that makes the tests fail, so that all later ones count as killed
  await checkUnchanged()
  const share = 100 - (100 * survivors.length) / mutants.length
  console.log(`${room}: ${share.toFixed(1)} % of ${mutants.length} killed`)
  const known = fs.readFileSync('test/mutation/survivors.md', 'utf8').split(/^- /m)
  for (const name of survivors)
    console.log(known.find((one) => one.startsWith(`${name}\n`)) ?? `${name}\n  NO REASON YET\n`)
  return share >= 85
}

const copy = fs.mkdtempSync(`${tmpdir()}/ww-mutation-`)
process.once('exit', () => fs.rmSync(copy, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
fs.cpSync('.', `${copy}/tree`, { recursive: true, filter: (path) => !/^(node_modules|\.git)$/.test(path) })
fs.symlinkSync(resolve('node_modules'), `${copy}/tree/node_modules`)
// some tests run as another user
fs.chmodSync(copy, 0o755)
for (const room of positionals.length > 0 ? positionals : rooms)
  if (!(await testRoom(room))) process.exitCode = 1
