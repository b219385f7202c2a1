import { parseArgs } from 'node:util'
import { findDirectories } from '../config/directories.ts'
import { isObject, type JsonValue } from '../config/json.ts'
import { readLayers } from '../config/load.ts'
import { lookUp, parseKeyPath, printValue } from '../config/lookup.ts'
import { exitCode, UserError } from '../errors.ts'

export const usage = `
Usage: ww cfg --why KEY.PATH

Tells which layer each part of a value comes from, the strongest first; a secret is shown as the file it is in.
`

/** Explains a value; queries without \`--why\` are answered by \`sh/cfg\`. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: { why: { type: 'boolean' } } })
  const [path, ...more] = positionals
  const keys = path === undefined ? null : parseKeyPath(path)
  if (!keys || more.length > 0) throw new UserError('which key path? see ww cfg --help', exitCode.usage)
  const layers = await readLayers(process.env, findDirectories(process.env))
  const found = layers.toReversed().flatMap(({ name, value }) => {
    const part = lookUp(value, keys)
    return part === undefined ? [] : [{ name, part }]
  })
  for (const { name, part } of found) process.stdout.write(`${name}: ${describe(part)}\n`)
  if (found.length > 0) return exitCode.ok
  process.stderr.write(
    `ww cfg: no layer has ${path}; there are ${layers.map(({ name }) => name).join(', ') || 'none'}\n`,
  )
  return exitCode.failed
}

function describe(value: JsonValue): string {
  if (value === null) return 'deleted here (null)'
  return isObject(value) && typeof value.$file === 'string'
    ? `the secret in ${value.$file}`
    : printValue(value)
}
