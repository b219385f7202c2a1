import { isUserError } from '../base/errors.ts'
import { type Change, compareConfigurations } from './changes.ts'
import type { Directories } from './directories.ts'
import { pathInCfg } from './layers.ts'
import { type LoadedConfiguration, loadConfiguration } from './load.ts'

/** What came of loading the configuration again; of an invalid one, nothing is to be used. */
export type Reloaded =
  | {
      readonly kind: 'loaded'
      readonly configuration: LoadedConfiguration
      readonly changes: readonly Change[]
      /** What cannot change, and how to make it changeable; null when all of it can. */
      readonly hint: string | null
    }
  /** One line for each thing that is wrong with it. */
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }

/** Loads the configuration again from all that can change while the instance runs, and compares it with the one in use. */
export async function reloadConfiguration(
  env: NodeJS.ProcessEnv,
  directories: Pick<Directories, 'home'>,
  inUse: LoadedConfiguration,
  listHooks?: () => readonly string[],
): Promise<Reloaded> {
  try {
    const configuration = await loadConfiguration(env, directories, listHooks)
    const changes = compareConfigurations(inUse, configuration)
    return { kind: 'loaded', configuration, changes, hint: describeInline(env) }
  } catch (error) {
    if (!isUserError(error)) throw error
    return { kind: 'invalid', problems: error.message.split('\n') }
  }
}

/** That JSON in CFG itself cannot change, and what to do; null where CFG is not set, or is the path of a file. */
export function describeInline(env: NodeJS.ProcessEnv): string | null {
  const cfg = env.CFG?.trim()
  if (!cfg || pathInCfg(cfg) !== null) return null
  return 'CFG is JSON, and the environment of a container cannot change; mount a file and set CFG to its path'
}
