import { formatDuration, formatList } from '../base/text.ts'
import { applySettings } from '../config/apply-settings.ts'
import { affectedServices, type Change, formatChanges } from '../config/changes.ts'
import type { LoadedConfiguration } from '../config/load.ts'
import { reloadConfiguration } from '../config/reload.ts'
import { saveConfiguration } from '../config/save.ts'
import type { Lifecycle } from '../lifecycle/lifecycle.ts'
import { describeResult, succeeded } from '../lifecycle/outcome.ts'
import type { ControlReply } from './control-message.ts'
import type { ReloadParts } from './reloader.ts'

/** Reads the configuration again, uses it, and has the hook or the services follow; nothing of an invalid one is used. */
export async function reloadNow(
  parts: ReloadParts,
  inUse: LoadedConfiguration,
  lifecycle: Lifecycle,
  wait: boolean,
): Promise<{ readonly reply: ControlReply; readonly inUse: LoadedConfiguration }> {
  const { state, reason } = lifecycle.visible
  const refuse = (reply: ControlReply) => ({ reply, inUse })
  if (state !== 'UP') return refuse({ ok: false, message: `the instance is in ${state}, not UP: ${reason}` })
  const loaded = await reloadConfiguration(parts.env, parts.directories, inUse, parts.listHooks)
  if (loaded.kind === 'invalid')
    return refuse({ ok: false, invalid: true, message: loaded.problems.join('\n') })
  const { configuration, changes, hint } = loaded
  if (changes.length === 0) return refuse({ ok: true, message: hint ?? 'nothing has changed' })
  const used = use(parts, inUse, configuration)
  const reply = await follow(lifecycle, changes, wait)
  return { reply: { ...reply, output: formatChanges(changes).join('\n') }, inUse: used }
}

function use(
  { directories, lookups, schedules, log }: ReloadParts,
  inUse: LoadedConfiguration,
  configuration: LoadedConfiguration,
): LoadedConfiguration {
  const { config, settings } = configuration
  saveConfiguration(configuration, directories)
  for (const line of lookups.renew(config)) log.warn(line)
  applySettings(inUse.settings, settings)
  schedules.replace(settings.schedule)
  // the settings of before stay: whoever uses them has that object
  return { ...configuration, settings: inUse.settings }
}

/** The hook follows the changes; without one, the services that use what changed are restarted. */
async function follow(
  lifecycle: Lifecycle,
  changes: readonly Change[],
  wait: boolean,
): Promise<ControlReply> {
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

function took(result: { readonly kind: string; readonly ms?: number }): string {
  return result.kind === 'ended' ? ` in ${formatDuration(result.ms ?? 0)}` : ''
}
