import { hostname } from 'node:os'
import { ConfigurationError } from './configuration-error.ts'
import type { Directories } from './directories.ts'
import { examineLayers } from './examine.ts'
import type { JsonObject } from './json.ts'
import { readLayers } from './layers.ts'
import { mergeObjects } from './merge.ts'
import { formatProblem } from './problem.ts'
import type { Settings } from './settings.ts'

/** The configuration of this boot. */
export type Configuration = {
  /** Merged, with the secrets read. */
  readonly config: JsonObject
  readonly settings: Settings
}

/** A configuration that was just loaded. */
export type LoadedConfiguration = Configuration & {
  /** What is accepted and has no effect, one line each. */
  readonly warnings: readonly string[]
  /** Merges what was written, before secrets are read: what may be sent elsewhere. */
  mergeWritten(): JsonObject
}

/**
 * Loads, merges and checks the configuration; a ConfigurationError (exit 78) has everything that is wrong with it.
 * `listHooks` lists the files in usr/, which the settings of services must match.
 */
export async function loadConfiguration(
  env: NodeJS.ProcessEnv,
  { home }: Pick<Directories, 'home'>,
  listHooks?: () => readonly string[],
): Promise<LoadedConfiguration> {
  const layers = await readLayers(env, { home })
  const { config, settings, problems, violations, warnings } = await examineLayers(layers, env, {
    schema: `${home}/etc/cfg.schema.json`,
    hostname: hostname(),
    ...(listHooks ? { listHooks } : {}),
  })
  const all = [...problems, ...violations]
  if (all.length > 0) throw new ConfigurationError(all)
  return {
    config,
    settings,
    warnings: warnings.map(formatProblem),
    mergeWritten: () => mergeObjects(layers.map(({ value }) => value)),
  }
}
