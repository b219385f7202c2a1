import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import deepmerge from 'deepmerge'
import { exitCode, isUserError, UserError } from '../base/errors.ts'
import type { Directories } from './directories.ts'
import { isObject, type JsonObject, type JsonValue, mapKeys, secretFile } from './json.ts'
import { parseJson } from './parse-json.ts'
import { readSettings } from './read-settings.ts'
import type { Settings } from './settings.ts'

/** One source of configuration: its name for people, and what it holds. */
export type Layer = { readonly name: string; readonly value: JsonObject }

/** The configuration of this boot. */
export type Configuration = {
  /** Merged, with the secrets read. */
  readonly config: JsonObject
  readonly settings: Settings
}

/** Loads, merges and checks the configuration; a UserError (exit 78) says what is wrong with it and where. */
export async function loadConfiguration(
  env: NodeJS.ProcessEnv,
  directories: Directories,
): Promise<Configuration> {
  const config = readSecrets(mergeLayers(await readLayers(env, directories)), '')
  if (!isObject(config))
    throw new UserError('cannot use the configuration: it must be an object', exitCode.configuration)
  const schema = `${directories.home}/etc/cfg.schema.json`
  if (existsSync(schema)) {
    const { checkSchema } = await import('./schema.ts')
    checkSchema(config, await parseJson(readFileSync(schema, 'utf8'), schema), schema)
  }
  return { config, settings: readSettings(withEnvironment(config, env), hostname()) }
}

/** The sources of the configuration, the weakest first. */
export async function readLayers(
  env: NodeJS.ProcessEnv,
  { home }: Pick<Directories, 'home'>,
): Promise<Layer[]> {
  const defaults = [`${home}/etc/default_cfg.json`, `${home}/etc/defaults.json`].find((path) =>
    existsSync(path),
  )
  const layers = defaults ? [await readFile(defaults, defaults)] : []
  if (env.CFG_FILE) layers.push(await readFile(env.CFG_FILE, `CFG_FILE ${env.CFG_FILE}`))
  const text = env.CFG?.trim()
  if (!text) return layers
  const [, path] = /^(?:@|(?=\.{0,2}\/))(.+)$/.exec(text) ?? []
  layers.push(path ? await readFile(path, `CFG ${path}`) : toLayer('CFG', await parseJson(text, 'CFG')))
  return layers
}

/** Merges the layers: objects merge, arrays and scalars replace, null deletes what a weaker layer had. */
export function mergeLayers(layers: readonly Layer[]): JsonObject {
  return layers.reduce<JsonObject>((merged, { value }) => mergeObjects(merged, value), {})
}

function mergeObjects(weak: JsonObject, strong: JsonObject): JsonObject {
  // deepmerge passes over keys that every object has (`constructor`, `__proto__`); marked, they are data like others
  const mark = (value: JsonObject): JsonValue => mapKeys(value, (key) => `.${key}`)
  const marked = deepmerge<JsonValue>(mark(weak), mark(strong), {
    arrayMerge: (_, array) => array,
    // the place of a secret is one value: it replaces and is replaced as a whole
    isMergeableObject: (value) =>
      Array.isArray(value) || (isObject(value) && !Object.hasOwn(value, '.$file')),
  })
  const merged = mapKeys(marked, (key) => key.slice(1))
  if (!isObject(merged)) throw new Error('two objects merge into an object')
  return dropDeleted(merged, strong)
}

function dropDeleted(merged: JsonObject, strong: JsonObject): JsonObject {
  const kept = Object.entries(merged).flatMap(([key, value]): [string, JsonValue][] => {
    const told = Object.hasOwn(strong, key) ? strong[key] : undefined
    if (told === null) return []
    return [[key, isObject(value) && isObject(told) ? dropDeleted(value, told) : value]]
  })
  return Object.fromEntries(kept)
}

async function readFile(path: string, name: string): Promise<Layer> {
  try {
    return toLayer(name, await parseJson(readFileSync(path, 'utf8'), name))
  } catch (error) {
    if (isUserError(error)) throw error
    throw new UserError(
      `cannot read ${name}: ${error instanceof Error ? error.message : error}`,
      exitCode.configuration,
      { cause: error },
    )
  }
}

function toLayer(name: string, value: JsonValue): Layer {
  if (!isObject(value))
    throw new UserError(`cannot use ${name}: it must be a JSON object`, exitCode.configuration)
  return { name, value }
}

/** Replaces every `{"$file": path}` by what that file holds, less its last line end. */
function readSecrets(value: JsonValue, keyPath: string): JsonValue {
  if (Array.isArray(value)) return value.map((item, index) => readSecrets(item, `${keyPath}[${index}]`))
  if (!isObject(value)) return value
  const file = secretFile(value)
  if (file !== null) {
    try {
      return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    } catch (error) {
      const reason = error instanceof Error ? error.message : error
      throw new UserError(`cannot read the secret of ${keyPath}: ${reason}`, exitCode.configuration, {
        cause: error,
      })
    }
  }
  const entries = Object.entries(value).map(
    ([key, item]) => [key, readSecrets(item, keyPath === '' ? key : `${keyPath}.${key}`)] as const,
  )
  return Object.fromEntries(entries)
}

/** The settings that the environment, or the original whaleware's `notify_url`, gives where the configuration doesn't. */
function withEnvironment(config: JsonObject, env: NodeJS.ProcessEnv): JsonObject {
  const fromEnvironment = Object.entries({
    app: env.WW_APP,
    instance: env.WW_INSTANCE,
    version: env.WW_VERSION,
  })
  const weak: JsonObject = Object.fromEntries(
    fromEnvironment.flatMap(([key, value]) => (value ? [[key, value]] : [])),
  )
  if (typeof config.notify_url === 'string' && config.notify_url !== '')
    weak.notify = { url: config.notify_url }
  return isObject(config.ww ?? {}) ? mergeObjects({ ww: weak }, { ww: config.ww ?? {} }) : config
}
