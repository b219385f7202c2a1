import { readText, replaceFile } from '../base/files.ts'
import type { Directories } from '../config/directories.ts'
import type { Settings } from '../config/settings.ts'
import type { HookCall } from '../lifecycle/hook.ts'

/** Builds the environment of hooks: the container's, what every hook gets, and what earlier hooks passed on. */
export class HookEnvironment {
  readonly #fixed: NodeJS.ProcessEnv
  readonly #passedOn: string

  /** A boot begins without anything passed on; `boots` is false for who joins one that is under way. */
  constructor(
    env: NodeJS.ProcessEnv,
    directories: Directories,
    settings: Pick<Settings, 'app' | 'instance' | 'version'>,
    bootId: string,
    boots = true,
  ) {
    this.#passedOn = `${directories.run}/env`
    if (boots) createEmpty(this.#passedOn)
    // it would be of an instance around this one
    const { WW_LOOKUP: _, ...own } = env
    this.#fixed = {
      ...own,
      PATH: `${directories.home}:${env.PATH ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'}`,
      WW_HOME: directories.home,
      WW_DATA: directories.data,
      WW_BACKUP: directories.backup,
      WW_RUN: directories.run,
      WW_APP: settings.app,
      WW_INSTANCE: settings.instance,
      WW_BOOT_ID: bootId,
      WW_VERSION: settings.version,
      WW_ENV: this.#passedOn,
    }
  }

  /** The environment of one call. */
  forCall(call: HookCall): NodeJS.ProcessEnv {
    return {
      ...this.#fixed,
      ...this.#readPassedOn(),
      WW_STATE: call.state,
      WW_PREVIOUS_STATE: call.previous ?? '',
      WW_HOOK: call.name,
      ...call.env,
    }
  }

  #readPassedOn(): Record<string, string> {
    try {
      return parsePassedOn(readText(this.#passedOn))
    } catch {
      // no hook passed anything on
      return {}
    }
  }
}

/** Reads the `KEY=value` lines that hooks appended to `$WW_ENV`; names that begin with WW_ are whaleware's own. */
export function parsePassedOn(text: string): Record<string, string> {
  const lines = text.split('\n').flatMap((line) => {
    const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)=([^\0]*)$/.exec(line) ?? []
    return key === undefined || value === undefined || key.startsWith('WW_') ? [] : [[key, value] as const]
  })
  return Object.fromEntries(lines)
}

/** What an earlier boot's hooks passed on does not count, and nobody else's file is used. */
function createEmpty(path: string): void {
  try {
    replaceFile(path, '', 0o600)
  } catch {
    // a full or read-only run directory: the boot itself reports it
  }
}
