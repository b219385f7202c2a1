import { exitCode, UserError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { isObject, toPlain } from './json.ts'
import { readSchedules } from './read-schedules.ts'
import { Problem, readers, show } from './setting-kinds.ts'
import type { Settings } from './settings.ts'
import { settingsTable } from './settings-table.ts'

type Values = ReadonlyMap<string, unknown>

/** Reads the key `ww` of a configuration; a UserError names every key that is wrong, by its path. */
export function readSettings(config: JsonValue, instance: string): Settings {
  const ww = isObject(config) ? toPlain(config.ww ?? {}) : {}
  if (!isObject(ww)) throw new UserError('bad configuration: ww must be an object', exitCode.configuration)
  const problems = findUnknown(ww)
  const values = new Map<string, unknown>()
  for (const [path, kind, fallback] of settingsTable) {
    const given = path
      .split('.')
      .reduce<JsonValue | undefined>((value, key) => (isObject(value) ? value[key] : undefined), ww)
    const value = given ?? fallback
    const read = value === null || kind === 'schedules' ? value : readers[kind](value)
    if (read instanceof Problem)
      problems.push(`ww.${path} ${read.sentence}${kind === 'secret' ? '' : `, not ${show(given)}`}`)
    else values.set(path, read)
  }
  const schedule = readSchedules(ww.schedule ?? {}, Number(values.get('timeouts.scheduled')), problems)
  if (problems.length === 0) {
    const settings = assemble(values.set('schedule', schedule), instance)
    problems.push(...findContradictions(settings))
    if (problems.length === 0) return settings
  }
  throw new UserError(`bad configuration: ${problems.join('; ')}`, exitCode.configuration)
}

/** Settings that make no sense together. */
function findContradictions({ stop, restart, notify }: Settings): string[] {
  const shorter = (section: string): string =>
    `ww.${section}.backoff_max must not be shorter than ww.${section}.backoff`
  return [
    ...(stop.sweep + stop.announce >= stop.grace
      ? ['ww.stop.grace must be longer than ww.stop.sweep and ww.stop.announce together']
      : []),
    ...(restart.backoffMax < restart.backoff ? [shorter('restart')] : []),
    ...(notify.backoffMax < notify.backoff ? [shorter('notify')] : []),
  ]
}

/** Keys that no setting has, with the nearest that one does. */
function findUnknown(ww: JsonObject): string[] {
  const known = settingsTable.map(([path]) => path)
  const visit = (object: JsonObject, prefix: string): string[] =>
    Object.entries(object).flatMap(([key, value]) => {
      const path = `${prefix}${key}`
      if (known.includes(path)) return []
      const isSection = known.some((other) => other.startsWith(`${path}.`))
      if (isSection && isObject(value)) return visit(value, `${path}.`)
      if (isSection && value === null) return []
      if (isSection) return [`ww.${path} must be an object`]
      const meant = findMeant(key, prefix)
      return [`there is no setting ww.${path}${meant ? `; did you mean ww.${meant}?` : ''}`]
    })
  return visit(ww, '')
}

/** What is near by name in the same section, else in any. */
function findMeant(key: string, prefix: string): string | undefined {
  const known = settingsTable.map(([path]) => path)
  const siblings = known
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length).split('.', 1).join(''))
  const sibling = nearest(key, siblings)
  if (sibling) return `${prefix}${sibling}`
  const elsewhere = nearest(
    key,
    known.map((path) => path.slice(path.lastIndexOf('.') + 1)),
  )
  return known.find((path) => path.endsWith(`.${elsewhere}`)) ?? nearest(`${prefix}${key}`, known)
}

function assemble(values: Values, instance: string): Settings {
  // every kind was read by its reader; this is where the table's paths become the type's names
  const get = <T>(path: string): T => values.get(path) as T
  const section = <T>(prefix: string): T =>
    Object.fromEntries(
      [...values]
        .filter(([path]) => path.startsWith(`${prefix}.`))
        .map(([path, value]) => [camelCase(path.slice(prefix.length + 1)), value]),
    ) as T
  return {
    app: get('app'),
    instance: get<string | null>('instance') ?? instance,
    version: get('version'),
    labels: get('labels'),
    timeouts: section('timeouts'),
    killAfter: get('kill_after'),
    monitor: section('monitor'),
    restart: section('restart'),
    requires: get('requires'),
    requiresTimeout: get('requires_timeout'),
    stop: section('stop'),
    serve: section('serve'),
    schedule: get('schedule'),
    notify: section('notify'),
    listen: get('listen'),
    onError: get('on_error'),
    allowDowngrade: get('allow_downgrade'),
  }
}

function camelCase(key: string): string {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Finds cron expressions and time zones that make no sense; loads the cron library only where there is a schedule. */
export async function checkSchedules(settings: Settings): Promise<void> {
  const schedules = Object.entries(settings.schedule)
  if (schedules.length === 0) return
  const { validate } = await import('node-cron')
  const named = schedules.flatMap(([hook, { cron, timezone }]) => [
    ...(validate(cron) ? [] : [`ww.schedule.${hook} is no cron expression: ${show(cron)}`]),
    ...(timezone === null || isTimezone(timezone)
      ? []
      : [`ww.schedule.${hook}.timezone is no time zone: ${show(timezone)}`]),
  ])
  if (named.length === 0) return
  throw new UserError(`bad configuration: ${named.join('; ')}`, exitCode.configuration)
}

function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
