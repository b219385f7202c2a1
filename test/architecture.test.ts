import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect } from 'chai'

const root = resolve(import.meta.dirname, '../ww')

/** From the top down: a file imports only from its own layer or from one below it. */
const layers = [
  ['main.ts'],
  ['commands.ts'],
  ['commands'],
  ['control', 'receiver', 'states', 'bus', 'fleet'],
  ['world'],
  ['supervisor'],
  ['lifecycle'],
  ['http'],
  ['config'],
  ['chart'],
  ['errors.ts'],
]

/** Files of decisions over data: they import nothing from outside the project. */
const pure = [
  'chart/chart.ts',
  'chart/draw.ts',
  'chart/parse.ts',
  'lifecycle/chart.ts',
  'lifecycle/governor.ts',
  'lifecycle/version.ts',
  'config/lookup.ts',
  'config/render-lookup.ts',
  'config/duration.ts',
  'config/nearest.ts',
  'config/origins.ts',
  'config/settings-table.ts',
  'config/settings-schema.ts',
  'control/metrics.ts',
  'http/prometheus.ts',
  'receiver/model.ts',
  'receiver/instance-record.ts',
  'receiver/view.ts',
  'receiver/stuck.ts',
  'receiver/keepable.ts',
  'receiver/duplicate.ts',
  'receiver/arrivals.ts',
  'receiver/unfiled.ts',
  'receiver/numbers.ts',
  'receiver/series.ts',
  'receiver/top-text.ts',
  'receiver/place.ts',
  'receiver/page/fleet-state.ts',
  'receiver/page/selection.ts',
  'receiver/page/words.ts',
  'receiver/parse-events.ts',
  'receiver/alert-rules.ts',
  'receiver/parse-alerts.ts',
  'receiver/alerts.ts',
  'receiver/alert-groups.ts',
  'receiver/alert-message.ts',
  'receiver/alert-due.ts',
  'receiver/alert-record.ts',
  'receiver/mutes.ts',
  'supervisor/chart.ts',
  'supervisor/judge.ts',
  'supervisor/parse-targets.ts',
  'supervisor/require-order.ts',
  'supervisor/state-text.ts',
  'supervisor/tree-text.ts',
  'supervisor/metrics.ts',
  'states/chart-data.ts',
  'states/decide.ts',
  'states/draw-chart.ts',
  'states/linear.ts',
  'states/page.ts',
  'states/parse-general.ts',
  'states/parse-linear.ts',
  'states/parse-machine.ts',
  'states/problem.ts',
  'states/time.ts',
  'states/view.ts',
  'world/attempt.ts',
  'world/event.ts',
]

type Import = { from: string; specifier: string; target: string | null; typeOnly: boolean }

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path))
const imports: Import[] = files.flatMap((from) =>
  [
    ...readFileSync(join(root, from), 'utf8').matchAll(
      /^(?:import|export)\s(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm,
    ),
  ].map(([, type, fixed, dynamic]) => {
    const specifier = fixed ?? dynamic ?? ''
    const target = specifier.startsWith('.') ? relative(root, resolve(root, dirname(from), specifier)) : null
    return { from, specifier, target, typeOnly: type !== undefined }
  }),
)

const layerOf = (path: string): number =>
  layers.findIndex((names) => names.includes(path.split('/')[0] ?? ''))

describe('the architecture', () => {
  it('is looked at: there are files, and imports in them', () => {
    expect(files.length).to.be.greaterThan(20)
    expect(imports.length).to.be.greaterThan(50)
  })

  it('gives every file a layer', () => {
    expect(files.filter((path) => layerOf(path) < 0)).to.deep.equal([])
  })

  it('has imports that point only downwards', () => {
    const upwards = imports.filter(({ from, target }) => target !== null && layerOf(target) < layerOf(from))
    expect(upwards.map(({ from, target }) => `${from} imports ${target}`)).to.deep.equal([])
  })

  it('keeps pure files free of Node.js and of packages', () => {
    const outside = imports.filter(
      ({ from, target, typeOnly }) => pure.includes(from) && target === null && !typeOnly,
    )
    expect(outside.map(({ from, specifier }) => `${from} imports ${specifier}`)).to.deep.equal([])
  })

  it('keeps the lifecycle and the supervisor away from the outside: they know it by an interface', () => {
    const leaks = imports.filter(
      ({ from, specifier, target }) =>
        /^(lifecycle|supervisor)\//.test(from) &&
        (target?.startsWith('world/') || specifier.startsWith('node:')),
    )
    expect(leaks.map(({ from, specifier }) => `${from} imports ${specifier}`)).to.deep.equal([])
  })

  it('ends the process in main.ts alone', () => {
    const enders = files.filter((path) => /process\.exit\(/.test(readFileSync(join(root, path), 'utf8')))
    expect(enders).to.deep.equal(['main.ts'])
  })

  it('has no file longer than 150 lines', () => {
    const long = files.filter((path) => readFileSync(join(root, path), 'utf8').split('\n').length > 151)
    expect(long).to.deep.equal([])
  })

  it('exports nothing without a sentence that says what it is', () => {
    const bare = files.flatMap((path) => {
      const lines = readFileSync(join(root, path), 'utf8').split('\n')
      const named = lines.flatMap((line, index) => {
        const [, name] = /^export (?:async )?(?:function|const|class|type|interface) (\w+)/.exec(line) ?? []
        const before = lines[index - 1]?.trim() ?? ''
        // every command exports its help text and its function under the same two names
        const isVerb = path.startsWith('commands/') && (name === 'usage' || name === 'run')
        return name && !isVerb && !before.endsWith('*/') && !before.startsWith('//')
          ? [`${path}: ${name}`]
          : []
      })
      return named
    })
    expect(bare).to.deep.equal([])
  })
})
