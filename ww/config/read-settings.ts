import { isObject, type JsonValue, toPlain } from './json.ts'
import { lookUp } from './lookup.ts'
import type { Problem } from './problem.ts'
import { Section, type SettingRow } from './section.ts'
import { findCycle } from './service-cycle.ts'
import { findIdleSettings } from './service-problems.ts'
import type { Settings } from './settings.ts'
import { readTable } from './settings-table.ts'
import { findUnknown } from './unknown-settings.ts'
import { mustBe } from './wrong.ts'

/** The settings of a configuration, with all that is wrong with them; a wrong one has its default. */
export type SettingsReading = {
  readonly settings: Settings
  readonly problems: readonly Problem[]
  /** What is accepted and has no effect. */
  readonly warnings: readonly Problem[]
}

/** Reads the key `ww` of a configuration. */
export function readSettings(config: JsonValue, hostname: string): SettingsReading {
  const given = toPlain(lookUp(config, ['ww']) ?? {})
  const { settings, rows, problems, warnings } = read(given, hostname)
  if (!isObject(given)) {
    const faults = mustBe('must be an object', given).faults.map(({ below: _, ...fault }) => fault)
    return { settings, problems: faults.map((fault) => ({ keyPath: 'ww', ...fault })), warnings: [] }
  }
  return {
    settings,
    problems: [...findUnknown(given, rows), ...problems, ...findContradictions(settings)],
    warnings: [...warnings, ...findIdleSettings(settings.services)],
  }
}

/** Every default, with durations in milliseconds; the host name is the name of the instance. */
export function defaultSettings(hostname: string): Settings {
  return read({}, hostname).settings
}

/** Every setting, in the order of the table. */
export function listSettings(): readonly SettingRow[] {
  return read({}, '').rows
}

function read(ww: JsonValue, hostname: string) {
  const rows: SettingRow[] = []
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const settings: Settings = readTable(new Section(ww, [], { rows, problems, warnings }), hostname)
  return { settings, rows, problems, warnings }
}

/** Settings that contradict each other. */
function findContradictions({ stop, restart, notify, services }: Settings): Problem[] {
  const problems: Problem[] = []
  if (stop.sweep + stop.announce >= stop.grace)
    problems.push({
      keyPath: 'ww.stop.grace',
      problem: 'must be longer than ww.stop.sweep and ww.stop.announce together',
    })
  for (const [name, { backoff, backoffMax }] of Object.entries({ restart, notify })) {
    if (backoffMax < backoff)
      problems.push({
        keyPath: `ww.${name}.backoff_max`,
        problem: `must not be shorter than ww.${name}.backoff`,
      })
  }
  const after = Object.entries(services).map(([name, service]) => [name, service.after] as const)
  const cycle = after.length > 0 ? findCycle(Object.fromEntries(after)) : null
  if (cycle !== null) {
    const problem = `cycle: ${cycle.join(' after ')}`
    problems.push({ keyPath: 'ww.services', problem, fix: 'remove one "after"' })
  }
  return problems
}
