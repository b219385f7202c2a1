import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { locateDirectories } from '../config/directories.ts'
import { secretFile } from '../config/json.ts'
import { type Layer, readLayers } from '../config/load.ts'
import { parseKeyPath, printValue } from '../config/lookup.ts'
import { type Origin, traceOrigins } from '../config/origins.ts'
import { settingsTable } from '../config/settings-table.ts'

export const usage = `
Usage: ww cfg --why KEY.PATH

Tells which layer each part of a value comes from, the strongest first; a secret is shown as the file it is in.

  ww cfg --why memory        CFG: 400
                             /ww/etc/default_cfg.json: 128
`

/** Explains a value; queries without `--why` are answered by `sh/cfg`. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: { why: { type: 'boolean' } } })
  const [path, ...more] = positionals
  const keys = path === undefined ? null : parseKeyPath(path)
  if (!keys || more.length > 0) throw new UserError('which key path? see ww cfg --help', exitCode.usage)
  const layers = await readLayers(process.env, locateDirectories(process.env))
  const origins = [...traceOrigins(layers, keys), ...traceSetting(keys, layers, process.env)]
  for (const origin of origins) process.stdout.write(`${origin.source}: ${describe(origin)}\n`)
  if (origins.length > 0) return exitCode.ok
  process.stderr.write(
    `ww cfg: no layer has ${path}; there are ${layers.map(({ name }) => name).join(', ') || 'none'}\n`,
  )
  return exitCode.failed
}

function describe({ value, deleted }: Origin): string {
  if (deleted) return 'deleted here (null)'
  const file = secretFile(value)
  return file === null ? printValue(value) : `the secret in ${file}`
}

/** What gives a setting of whaleware's own below the configuration: a variable, the original's key, its default. */
function traceSetting(keys: readonly string[], layers: readonly Layer[], env: NodeJS.ProcessEnv): Origin[] {
  const row = settingsTable.find(([path]) => `ww.${path}` === keys.join('.'))
  if (!row) return []
  const [path, , fallback] = row
  const variable = ['app', 'instance', 'version'].includes(path) ? `WW_${path.toUpperCase()}` : ''
  const given = env[variable]
  return [
    ...(given ? [{ source: variable, value: given, deleted: false }] : []),
    ...(path === 'notify.url'
      ? traceOrigins(layers, ['notify_url']).map((origin) => ({
          ...origin,
          source: `${origin.source} (notify_url)`,
        }))
      : []),
    ...(fallback === null ? [] : [{ source: 'built in', value: fallback, deleted: false }]),
  ]
}
