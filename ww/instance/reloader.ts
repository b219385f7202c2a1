import { isUserError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import type { Directories } from '../config/directories.ts'
import type { LoadedConfiguration } from '../config/load.ts'
import type { ServiceLookups } from '../config/service-lookups.ts'
import type { ScheduleTable } from '../hooks/schedule-table.ts'
import type { Lifecycle } from '../lifecycle/lifecycle.ts'
import type { ControlReply } from './control-message.ts'

/** What a reload reads, changes and calls. */
export type ReloadParts = {
  readonly env: NodeJS.ProcessEnv
  readonly directories: Directories
  readonly lookups: ServiceLookups
  readonly schedules: ScheduleTable
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly listHooks: () => readonly string[]
}

/** Reads the configuration again while the instance runs, and has what uses it follow; one reload at a time. */
export class Reloader {
  readonly #parts: ReloadParts
  #inUse: LoadedConfiguration
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: ReloadParts, inUse: LoadedConfiguration) {
    this.#parts = parts
    this.#inUse = inUse
  }

  /** The configuration in use. */
  get configuration(): LoadedConfiguration {
    return this.#inUse
  }

  /** Reloads when those before are done; the reply has the changes as its output. */
  reload(lifecycle: Lifecycle, wait: boolean): Promise<ControlReply> {
    const reply = this.#last.then(() => this.#reload(lifecycle, wait)).catch(describeFailure)
    this.#last = reply
    return reply
  }

  /** Reloads whenever a file of the configuration changes, until aborted, and logs what came of it. */
  async watch(lifecycle: Lifecycle, signal: AbortSignal): Promise<void> {
    const { listSourceFiles, watchSourceFiles } = await import('../config/source-files.ts')
    const { env, directories, log } = this.#parts
    const files = (): string[] => listSourceFiles(env, directories, this.#inUse.mergeWritten())
    await watchSourceFiles(files, signal, async () => {
      const { ok, message, output = '' } = await this.reload(lifecycle, true)
      for (const line of output.split('\n').filter((text) => text !== '')) log.info(`reload: ${line}`)
      for (const line of message.split('\n')) (ok ? log.info : log.warn)(`reload: ${line}`)
    })
  }

  /** Loaded only when there is something to reload. */
  async #reload(lifecycle: Lifecycle, wait: boolean): Promise<ControlReply> {
    const { reloadNow } = await import('./reload-now.ts')
    const { reply, inUse } = await reloadNow(this.#parts, this.#inUse, lifecycle, wait)
    this.#inUse = inUse
    return reply
  }
}

/** What an operator can mend, such as a full disk, is a reply. */
function describeFailure(error: unknown): ControlReply {
  if (isUserError(error)) return { ok: false, message: error.message }
  throw error
}
