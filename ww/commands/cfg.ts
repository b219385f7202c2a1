import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { locateDirectories } from '../config/directories.ts'
import { isObject, secretFile } from '../config/json.ts'
import { type Layer, readLayers } from '../config/layers.ts'
import { findLine } from '../config/locate.ts'
import { listValues, parseKeyPath } from '../config/lookup.ts'
import { type Origin, traceOrigins } from '../config/origins.ts'
import { listSettings } from '../config/read-settings.ts'

export const usage = `
Usage: ww cfg --why KEY.PATH

Prints where each part of a value comes from, the strongest source first. A secret is not printed, only
the file that has it. (Without --why, ww cfg prints the value.)

Examples:
  ww cfg --why memory
  "600mb"  CFG, environment variable
  "100mb"  /ww/etc/default_cfg.json:3, overridden
`

/** One line of the result: a value, and where it is from. */
type Source = { readonly value: string; readonly place: string; readonly merges: boolean }

/** Explains a value; queries without `--why` are handled by `sh/cfg`. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: { why: { type: 'boolean' } } })
  const [path, ...more] = positionals
  const keys = path === undefined ? null : parseKeyPath(path)
  if (!keys || more.length > 0) throw new UserError('takes one KEY.PATH; see ww cfg --help', exitCode.usage)
  const layers = await readLayers(process.env, locateDirectories(process.env))
  const origins = await Promise.all(traceOrigins(layers, keys).map((origin) => describeOrigin(origin, keys)))
  const sources = [...origins, ...(await traceSetting(keys, layers, process.env))]
  if (sources.length === 0) throw new UserError(describeMissing(String(path), layers))
  const width = process.stdout.isTTY ? Math.max(...sources.map(({ value }) => value.length)) : 0
  for (const [index, { value, place }] of sources.entries()) {
    const isOverridden = sources.slice(0, index).some(({ merges }) => !merges)
    const start = process.stdout.isTTY ? `${value.padEnd(width)}  ` : `${value}\t`
    process.stdout.write(`${start}${place}${isOverridden ? ', overridden' : ''}\n`)
  }
  return exitCode.ok
}

async function describeOrigin({ layer, value, deleted }: Origin, keys: readonly string[]): Promise<Source> {
  const place = await describePlace(layer, keys)
  if (deleted) return { value: '(deleted)', place, merges: false }
  const file = secretFile(value)
  if (file !== null) return { value: '(secret)', place: `${file}, named in ${layer.source}`, merges: false }
  return { value: JSON.stringify(value), place, merges: isObject(value) }
}

async function describePlace({ source, text }: Layer, keys: readonly string[]): Promise<string> {
  if (text === undefined) return `${source}, environment variable`
  const line = await findLine(text, keys)
  return line === null ? source : `${source}:${line}`
}

/** What a setting of whaleware's own has below the configuration: a variable, the original's key, its default. */
async function traceSetting(
  keys: readonly string[],
  layers: readonly Layer[],
  env: NodeJS.ProcessEnv,
): Promise<Source[]> {
  const row = listSettings().find((setting) => ['ww', ...setting.keys].join('\n') === keys.join('\n'))
  if (!row) return []
  const [name = ''] = row.keys
  const sources: Source[] = []
  const given = ['app', 'instance', 'version'].includes(name) ? env[`WW_${name.toUpperCase()}`] : undefined
  if (given)
    sources.push({
      value: JSON.stringify(given),
      place: `WW_${name.toUpperCase()}, environment variable`,
      merges: false,
    })
  if (row.keys.join('.') === 'notify.url') {
    const legacy = traceOrigins(layers, ['notify_url'])
    for (const origin of legacy) sources.push(await describeOrigin(origin, ['notify_url']))
  }
  if (row.fallback !== null)
    sources.push({ value: JSON.stringify(row.fallback), place: 'built-in default', merges: false })
  return sources
}

function describeMissing(path: string, layers: readonly Layer[]): string {
  const known = layers.flatMap(({ value }) => [...listValues(value)].map((item) => item.path))
  const meant = nearest(path, known)
  const sources = layers.map(({ source }) => source).join(', ') || 'the configuration'
  return `no key "${path}" in ${sources}${meant === undefined ? '' : `; did you mean ${meant}?`}`
}
