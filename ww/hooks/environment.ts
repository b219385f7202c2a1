import { readFileSync, rmSync } from 'node:fs'
import type { Directories } from '../config/directories.ts'
import type { Settings } from '../config/settings.ts'
import type { HookCall } from '../lifecycle/world.ts'

/** Builds the environment of hooks: the container's, what every hook gets, and what earlier hooks passed on. */
export class HookEnvironment {
  readonly #fixed: NodeJS.ProcessEnv
  readonly #passedOn: string

  constructor(env: NodeJS.ProcessEnv, directories: Directories, settings: Settings, bootId: string) {
    this.#passedOn = `${directories.run}/env`
    rmSync(this.#passedOn, { force: true })
    this.#fixed = {
      ...env,
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
  forCall(call: Omit<HookCall, 'limit'>): NodeJS.ProcessEnv {
    return {
      ...this.#fixed,
      ...this.#readPassedOn(),
      WW_STATE: call.state,
      WW_PREVIOUS_STATE: call.previous ?? '',
      WW_HOOK: call.name,
      ...call.env,
    }
  }

  /** The `KEY=value` lines that hooks appended to `$WW_ENV`; whaleware's own names can't be changed by them. */
  #readPassedOn(): Record<string, string> {
    let text: string
    try {
      text = readFileSync(this.#passedOn, 'utf8')
    } catch {
      return {}
    }
    const lines = text.split('\n').flatMap((line) => {
      const [, key, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? []
      return key && value !== undefined && !(key in this.#fixed && key.startsWith('WW_'))
        ? [[key, value] as const]
        : []
    })
    return Object.fromEntries(lines)
  }
}
