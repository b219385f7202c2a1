import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect } from 'chai'

const root = resolve(import.meta.dirname, '../ww')

/** The rooms from the top down: a file imports only from its own room or from one further down. */
const rooms = [
  'main.ts',
  'commands.ts',
  'commands',
  'fleet',
  'receiver',
  'states',
  'supervisor',
  'bus',
  'instance',
  'check',
  'notify',
  'hooks',
  'logs',
  'probe',
  'processes',
  'data',
  'lifecycle',
  'http',
  'config',
  'chart',
  'base',
]

/**
 * Rooms and files that decide over data: nothing that they import, directly or not, reaches Node.js or a package, and
 * none of their own lines reads the time, draws a random number or touches the process. What is not listed here by
 * file is covered by its room, so that a new file needs no entry.
 */
const pure = [
  /^chart\//,
  /^lifecycle\//,
  /^supervisor\/target\/(?!start|end|target)/,
  /^config\/(json|lookup|render-lookup|origins|problem|wrong|section|read-settings|unknown-settings)\.ts$/,
  /^config\/([a-z]+-kinds?|settings|settings-(table|schema|text)|signal-names|webhook-secret)\.ts$/,
  /^http\/prometheus\.ts$/,
  /^logs\/stream-lines\.ts$/,
  /^instance\/(metrics|event-text)\.ts$/,
  /^notify\/(delivery|event)\.ts$/,
  /^receiver\/(model|instance-record|view|stuck|keepable|duplicate|arrivals|unfiled|numbers|series|top-text|place|parse-events?|parse-alerts|mutes)\.ts$/,
  /^receiver\/alert-(rules|groups|message|due|record)\.ts$/,
  /^receiver\/alerts\.ts$/,
  /^receiver\/page\/(fleet-state|selection|words)\.ts$/,
  /^states\/(chart-data|decide|draw-chart|linear|page|parse-general|parse-linear|parse-machine|problem|time|view)\.ts$/,
  /^supervisor\/(parse-targets|tree-text|metrics)\.ts$/,
]

/** Globals that no pure file touches: they read the time or reach the process and the network. */
const impure =
  /\b(process\.|Date\.now\(|new Date\(\)|performance\.|Math\.random\(|setTimeout\(|setInterval\(|setImmediate\(|fetch\(|console\.|globalThis|require\()/

type Import = { from: string; specifier: string; target: string | null; typeOnly: boolean }

const { imports: versions }: { imports: Record<string, Record<string, string>> } = JSON.parse(
  readFileSync(resolve(root, '../package.json'), 'utf8'),
)
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The files of the project that an import may mean: one that begins with # has a version for each runtime. */
function resolveImport(from: string, specifier: string): (string | null)[] {
  if (specifier.startsWith('#'))
    return Object.values(versions[specifier] ?? {}).map((path) => relative(root, resolve(root, '..', path)))
  return [specifier.startsWith('.') ? relative(root, resolve(root, dirname(from), specifier)) : null]
}

const imports: Import[] = files.flatMap((from) =>
  [
    ...read(from).matchAll(
      /^(?:import|export)\s(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm,
    ),
  ].flatMap(([, type, fixed, bare, dynamic]) => {
    const specifier = fixed ?? bare ?? dynamic ?? ''
    return resolveImport(from, specifier).map((target) => ({
      ...{ from, specifier, target },
      typeOnly: type !== undefined,
    }))
  }),
)
const importsOf = Map.groupBy(imports, ({ from }) => from)
const roomOf = (path: string): number => rooms.indexOf(path.split('/')[0] ?? '')
const isPure = (path: string): boolean => pure.some((pattern) => pattern.test(path))

/** Everything outside the project that a file reaches through values, with the way there. */
function reach(file: string, way: readonly string[] = [file], seen = new Set<string>()): string[] {
  if (seen.has(file)) return []
  seen.add(file)
  return (importsOf.get(file) ?? [])
    .filter(({ typeOnly }) => !typeOnly)
    .flatMap(({ specifier, target }) =>
      target === null
        ? [[...way, specifier].join(' > ')]
        : files.includes(target)
          ? reach(target, [...way, target], seen)
          : [],
    )
}

describe('the architecture', () => {
  it('is read from the files: there are files, and imports in them', () => {
    expect(files.length).to.be.greaterThan(20)
    expect(imports.length).to.be.greaterThan(50)
    expect(files.filter(isPure).length).to.be.greaterThan(40)
  })

  it('gives every file a room', () => {
    expect(files.filter((path) => roomOf(path) < 0)).to.deep.equal([])
  })

  it('has imports that point only downwards', () => {
    const upwards = imports.filter(({ from, target }) => target !== null && roomOf(target) < roomOf(from))
    expect(upwards.map(({ from, target }) => `${from} imports ${target}`)).to.deep.equal([])
  })

  it('keeps pure files free of Node.js and of packages, through all that they import', () => {
    expect(files.filter(isPure).flatMap((path) => reach(path))).to.deep.equal([])
  })

  it('keeps pure files free of globals that read the time or touch the process', () => {
    const lines = files.filter(isPure).flatMap((path) =>
      read(path)
        .split('\n')
        .filter((line) => impure.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    )
    expect(lines).to.deep.equal([])
  })

  it('has no pattern of pure files that matches nothing', () => {
    expect(pure.filter((pattern) => !files.some((path) => pattern.test(path)))).to.deep.equal([])
  })

  it('ends the process in main.ts alone', () => {
    expect(files.filter((path) => /process\.exit\(/.test(read(path)))).to.deep.equal(['main.ts'])
  })

  it('has no file longer than 150 lines, but for a table', () => {
    const tables = ['config/settings-table.ts']
    const long = files.filter((path) => read(path).split('\n').length > 151)
    expect(long.filter((path) => !tables.includes(path))).to.deep.equal([])
  })

  it('exports nothing without a sentence that says what it is', () => {
    const bare = files.flatMap((path) => {
      const lines = read(path).split('\n')
      return lines.flatMap((line, index) => {
        const [, name] = /^export (?:async )?(?:function|const|class|type|interface) (\w+)/.exec(line) ?? []
        const before = lines[index - 1]?.trim() ?? ''
        // every command exports its help text and its function under the same two names
        const isVerb = path.startsWith('commands/') && (name === 'usage' || name === 'run')
        return name && !isVerb && !before.endsWith('*/') && !before.startsWith('//')
          ? [`${path}: ${name}`]
          : []
      })
    })
    expect(bare).to.deep.equal([])
  })
})
