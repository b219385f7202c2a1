import { existsSync, readFileSync } from 'node:fs'
import { checkSchedules } from './check-schedules.ts'
import { isConfigurationError } from './configuration-error.ts'
import { isObject, type JsonObject } from './json.ts'
import type { Layer } from './layers.ts'
import { locateProblems } from './locate.ts'
import { lookUp } from './lookup.ts'
import { mergeObjects } from './merge.ts'
import { parseJson } from './parse-json.ts'
import { hideValue, type Problem } from './problem.ts'
import { readSettings } from './read-settings.ts'
import { type ReadSecret, readSecrets } from './secrets.ts'
import { findServiceProblems } from './service-problems.ts'
import type { Settings } from './settings.ts'

/** A configuration that was read, with all that is wrong with it. */
export type Examination = {
  /** Merged, with the secrets read. */
  readonly config: JsonObject
  readonly settings: Settings
  readonly problems: readonly Problem[]
  /** What the author's schema does not accept. */
  readonly violations: readonly Problem[]
  /** What is accepted and has no effect. */
  readonly warnings: readonly Problem[]
}

/** Where an examination finds what is not in the layers. */
export type ExaminationOptions = {
  /** The path of the author's schema, which need not be there. */
  readonly schema: string
  readonly hostname: string
  /** Null: the files of secrets are on another machine; what they have is not checked. */
  readonly readSecret?: ReadSecret | null
  /** Lists the files in usr/: each service that has settings must be one of them. Without it, that is not checked. */
  readonly listHooks?: () => readonly string[]
}

/** Examines the merged layers: secrets, whaleware's settings, the author's schema; every problem has its place. */
export async function examineLayers(
  layers: readonly Layer[],
  env: NodeJS.ProcessEnv,
  { schema, hostname, readSecret, listHooks }: ExaminationOptions,
): Promise<Examination> {
  const merged = mergeObjects(layers.map(({ value }) => value))
  const {
    config,
    secrets,
    problems: unread,
  } = readSecrets(merged, readSecret === null ? () => '' : readSecret)
  const { settings, problems, warnings } = readSettings(addEnvironment(config, env), hostname)
  const hasServices = Object.keys(settings.services).length > 0
  const unhooked = listHooks && hasServices ? findServiceProblems(settings.services, listHooks()) : []
  const wrong = [...problems, ...unhooked, ...(await checkSchedules(settings.schedule))]
  const { violations, broken } = await checkAgainst(schema, config)

  const isUnread = ({ keyPath }: Problem): boolean =>
    readSecret === null ? secrets.has(keyPath) : unread.some((problem) => problem.keyPath === keyPath)
  /** A secret that could not be read has that problem alone, and one that was read is not shown. */
  const present = (found: readonly Problem[]): Promise<Problem[]> => {
    const shown = found.filter((problem) => !isUnread(problem))
    const hidden = shown.map((problem) => (secrets.has(problem.keyPath) ? hideValue(problem) : problem))
    return locateProblems(hidden, layers)
  }
  return {
    config,
    settings,
    problems: [
      ...(await locateProblems(unread, layers)),
      ...(await present(wrong.map((problem) => nameLegacy(problem, config)))),
      ...broken,
    ],
    violations: await present(violations),
    warnings: await locateProblems(warnings, layers),
  }
}

/** A receiver that the original whaleware's key names is wrong there. */
function nameLegacy(problem: Problem, config: JsonObject): Problem {
  const isLegacy =
    problem.keyPath === 'ww.notify.url' && lookUp(config, ['ww', 'notify', 'url']) === undefined
  return isLegacy ? { ...problem, keyPath: 'notify_url' } : problem
}

/** Adds the settings that the environment, or the original's `notify_url`, has where the configuration has none. */
function addEnvironment(config: JsonObject, env: NodeJS.ProcessEnv): JsonObject {
  const ww = lookUp(config, ['ww']) ?? {}
  if (!isObject(ww)) return config
  const weak: JsonObject = {}
  if (env.WW_APP) weak.app = env.WW_APP
  if (env.WW_INSTANCE) weak.instance = env.WW_INSTANCE
  if (env.WW_VERSION) weak.version = env.WW_VERSION
  if (typeof config.notify_url === 'string') weak.notify = { url: config.notify_url }
  return mergeObjects([{ ww: weak }, { ww }])
}

/** `broken`: what is wrong with the schema itself. */
async function checkAgainst(
  schema: string,
  config: JsonObject,
): Promise<{ violations: readonly Problem[]; broken: readonly Problem[] }> {
  if (!existsSync(schema)) return { violations: [], broken: [] }
  try {
    const { checkSchema } = await import('./schema.ts')
    const rules = await parseJson(readFileSync(schema, 'utf8'), schema)
    return { violations: checkSchema(config, rules, schema), broken: [] }
  } catch (error) {
    if (isConfigurationError(error)) return { violations: [], broken: error.problems }
    throw error
  }
}
