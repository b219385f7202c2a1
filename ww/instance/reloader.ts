import { isUserError } from '../base/errors.ts'
import type { Log } from '../base/log.ts'
import { formatDuration, formatList } from '../base/text.ts'
import { applySettings } from '../config/apply-settings.ts'
import { affectedServices, type Change, formatChanges } from '../config/changes.ts'
import type { Directories } from '../config/directories.ts'
import type { LoadedConfiguration } from '../config/load.ts'
import { reloadConfiguration } from '../config/reload.ts'
import { saveConfiguration } from '../config/save.ts'
import type { ServiceLookups } from '../config/service-lookups.ts'
import { listSourceFiles, watchSourceFiles } from '../config/source-files.ts'
import type { ScheduleTable } from '../hooks/schedule-table.ts'
import type { Lifecycle } from '../lifecycle/lifecycle.ts'
import { describeResult, succeeded } from '../lifecycle/outcome.ts'
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
    const { env, directories, log } = this.#parts
    const files = (): string[] => listSourceFiles(env, directories, this.#inUse.mergeWritten())
    await watchSourceFiles(files, signal, async () => {
      const { ok, message, output = '' } = await this.reload(lifecycle, true)
      for (const line of output.split('\n').filter((text) => text !== '')) log.info(`reload: ${line}`)
      for (const line of message.split('\n')) (ok ? log.info : log.warn)(`reload: ${line}`)
    })
  }

  async #reload(lifecycle: Lifecycle, wait: boolean): Promise<ControlReply> {
    const { env, directories, listHooks } = this.#parts
    const { state, reason } = lifecycle.visible
    if (state !== 'UP') return { ok: false, message: `the instance is in ${state}, not UP: ${reason}` }
    const loaded = await reloadConfiguration(env, directories, this.#inUse, listHooks)
    if (loaded.kind === 'invalid') return { ok: false, invalid: true, message: loaded.problems.join('\n') }
    const { configuration, changes, hint } = loaded
    if (changes.length === 0) return { ok: true, message: hint ?? 'nothing has changed' }
    this.#use(configuration)
    const output = formatChanges(changes).join('\n')
    return { ...(await this.#follow(lifecycle, changes, wait)), output }
  }

  #use(configuration: LoadedConfiguration): void {
    const { directories, lookups, schedules, log } = this.#parts
    const { config, settings } = configuration
    saveConfiguration(configuration, directories)
    for (const line of lookups.renew(config)) log.warn(line)
    applySettings(this.#inUse.settings, settings)
    schedules.replace(settings.schedule)
    // the settings of before stay: whoever uses them has that object
    this.#inUse = { ...configuration, settings: this.#inUse.settings }
  }

  /** The hook follows the changes; without one, the services that use what changed are restarted. */
  async #follow(lifecycle: Lifecycle, changes: readonly Change[], wait: boolean): Promise<ControlReply> {
    const began = performance.now()
    const spent = (): string => formatDuration(performance.now() - began)
    const result = await lifecycle.runReload(changes.map(({ keyPath }) => keyPath))
    if (result === null) return { ok: false, message: 'the instance has left UP' }
    if (result.kind !== 'absent')
      return { ok: succeeded(result), message: `reload ${describeResult(result)}${took(result)}` }
    const uses = lifecycle.serviceUses
    const names = affectedServices(changes, uses)
    if (names.length === 0) return { ok: true, message: 'no service uses what has changed' }
    if (names.length === Object.keys(uses).length && names.every((name) => uses[name]?.length === 0)) {
      lifecycle.restart('ww reload')
      return { ok: true, message: 'restarting all services', restarting: true }
    }
    const answers = []
    for (const name of names) answers.push(await lifecycle.commandService('restart', name, wait))
    const failed = answers.filter(({ ok }) => !ok).map(({ message }) => message)
    if (failed.length > 0) return { ok: false, message: failed.join('; ') }
    return { ok: true, message: `restarted ${formatList(names)} in ${spent()}` }
  }
}

/** What an operator can mend, such as a full disk, is a reply. */
function describeFailure(error: unknown): ControlReply {
  if (isUserError(error)) return { ok: false, message: error.message }
  throw error
}

function took(result: { readonly kind: string; readonly ms?: number }): string {
  return result.kind === 'ended' ? ` in ${formatDuration(result.ms ?? 0)}` : ''
}
