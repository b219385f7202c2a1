import { existsSync, readFileSync } from 'node:fs'
import { ConfigurationError, isConfigurationError } from './configuration-error.ts'
import type { Directories } from './directories.ts'
import { describeFileError } from './file-error.ts'
import { isObject, type JsonObject } from './json.ts'
import { parseJson } from './parse-json.ts'
import type { Problem } from './problem.ts'

/** One source of configuration. */
export type Layer = {
  /** Its name for people: `CFG`, or the path of a file. */
  readonly source: string
  readonly value: JsonObject
  /** The text of a file, in which a line can be found. */
  readonly text?: string
}

/** Reads the sources of the configuration, the weakest first; a ConfigurationError has what is wrong with each. */
export async function readLayers(
  env: NodeJS.ProcessEnv,
  { home }: Pick<Directories, 'home'>,
): Promise<Layer[]> {
  const layers: Layer[] = []
  const problems: Problem[] = []
  for (const read of findSources(env, home)) {
    try {
      layers.push(await read())
    } catch (error) {
      if (!isConfigurationError(error)) throw error
      problems.push(...error.problems)
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems)
  return layers
}

/** Where the defaults are, the name of the original whaleware last; the first that exists counts. */
export function listDefaults(home: string): string[] {
  return [`${home}/etc/default_cfg.json`, `${home}/etc/defaults.json`]
}

/** The path of a file that CFG has instead of JSON, such as `@/etc/shop.json`; null when it is JSON. */
export function pathInCfg(cfg: string): string | null {
  return /^(?:@|(?=\.{0,2}\/))(.+)$/.exec(cfg.trim())?.[1] ?? null
}

function findSources(env: NodeJS.ProcessEnv, home: string): (() => Promise<Layer>)[] {
  const sources: (() => Promise<Layer>)[] = []
  const defaults = listDefaults(home).find((path) => existsSync(path))
  if (defaults !== undefined) sources.push(() => readFile(defaults, defaults, 'correct the image'))
  const file = env.CFG_FILE
  if (file) sources.push(() => readFile(file, 'CFG_FILE', 'mount it, or correct CFG_FILE'))
  const text = env.CFG?.trim()
  if (!text) return sources
  const path = pathInCfg(text)
  sources.push(
    path === null
      ? () => parseLayer('CFG', text, `write JSON, such as CFG='{"a": 1}'`)
      : () => readFile(path, 'CFG', 'mount it, or put the JSON itself in CFG'),
  )
  return sources
}

async function readFile(path: string, namedBy: string, fix: string): Promise<Layer> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const problem = `cannot read ${path}: ${describeFileError(error)}`
    throw new ConfigurationError([{ source: namedBy, keyPath: '', problem, fix }], { cause: error })
  }
  return { ...(await parseLayer(path, text)), text }
}

async function parseLayer(source: string, text: string, fix?: string): Promise<Layer> {
  const value = await parseJson(text, source)
  if (isObject(value)) return { source, value }
  const problem = { source, keyPath: '', problem: 'must be a JSON object' }
  throw new ConfigurationError([fix === undefined ? problem : { ...problem, fix }])
}
