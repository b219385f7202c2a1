import { readFile } from 'node:fs/promises'
import { exitCode, UserError } from '../base/errors.ts'
import { FileStore } from './file-store.ts'
import { defaultMachine } from './name.ts'
import { readMachine, tellProblems } from './read-yaml.ts'
import type { MachineRecord } from './record.ts'
import type { StateStore } from './store.ts'

/** Where the machines shall be kept, as the command line says it. */
export type StorePlaces = {
  readonly chart: string | undefined
  readonly data: string | undefined
  readonly store: string | undefined
}

/**
 * Opens the store. A chart alone is kept in its own file, as its machine moves on; with another place to keep it, the
 * chart is left as it is, and the default machine is made from it where there is none yet.
 */
export async function openStore(
  { chart, data, store: engine }: StorePlaces,
  warn: (line: string) => void,
): Promise<StateStore> {
  if (engine !== undefined && data !== undefined)
    throw new UserError('give --data or --store, not both', exitCode.usage)
  const start = chart === undefined ? null : await readChart(chart)
  if (engine === undefined && data === undefined) {
    if (chart === undefined)
      throw new UserError('give --chart FILE, --data DIR, or both; ww states --help tells', exitCode.usage)
    return FileStore.open({ directory: `${chart.replace(/\.ya?ml$/, '')}.machines`, chart })
  }
  const store = await openPlace(engine, data, warn)
  try {
    if (start) await beginDefault(store, start, chart ?? '', warn)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

async function openPlace(
  engine: string | undefined,
  data: string | undefined,
  warn: (line: string) => void,
): Promise<StateStore> {
  if (data !== undefined) return FileStore.open({ directory: data })
  if (engine !== undefined && /^etcds?:/.test(engine)) {
    const { openEtcdStore } = await import('./etcd-store.ts')
    return openEtcdStore(engine, { warn })
  }
  throw new UserError(`there is no store "${engine}": it takes etcd://host:2379`, exitCode.usage)
}

async function readChart(path: string): Promise<MachineRecord> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new UserError(`cannot read the chart: ${error.message}`, exitCode.configuration)
  })
  const machine = readMachine(text)
  if ('record' in machine) return machine.record
  throw new UserError(
    `cannot take this chart, which is left as it is: ${tellProblems(path, machine.problems)}`,
    exitCode.configuration,
  )
}

async function beginDefault(
  store: StateStore,
  start: MachineRecord,
  chart: string,
  warn: (line: string) => void,
): Promise<void> {
  await store.create(defaultMachine, { ...start, revision: 0, history: [], keys: {} })
  const kept = await store.read(defaultMachine)
  if (kept && shapeOf(kept) !== shapeOf(start)) {
    warn(
      `${chart} has changed since the machine "${defaultMachine}" was made from it, and the machine goes on as it was made; DELETE /machines/${defaultMachine} and start again to begin anew`,
    )
  }
}

/** What of a chart doesn't change when its machine moves. */
function shapeOf({ chart }: MachineRecord): string {
  if (chart.kind === 'chart') return JSON.stringify(chart.chart)
  return JSON.stringify(chart.states.map(({ name, func, target }) => [name, func, target]))
}
