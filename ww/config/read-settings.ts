import { exitCode, UserError } from '../errors.ts'
import { parseDuration } from './duration.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { isObject, toPlain } from './json.ts'
import { nearest } from './nearest.ts'
import { Problem, readers } from './setting-kinds.ts'
import type { Schedule, Settings } from './settings.ts'
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
    const read = readers[kind](given === undefined ? fallback : given)
    if (given === null || (given === undefined && fallback === null)) values.set(path, null)
    else if (read instanceof Problem)
      problems.push(`ww.${path} ${read.sentence}, not ${JSON.stringify(given)}`)
    else values.set(path, read)
  }
  const settings = problems.length === 0 ? assemble(values, instance) : null
  if (settings && settings.stop.sweep + settings.stop.announce >= settings.stop.grace) {
    problems.push('ww.stop.grace must be longer than ww.stop.sweep and ww.stop.announce together')
  }
  if (settings && problems.length === 0) return settings
  throw new UserError(`bad configuration: ${problems.join('; ')}`, exitCode.configuration)
}

/** Keys that no setting has, with the nearest that one does. */
function findUnknown(ww: JsonObject): string[] {
  const known = settingsTable.map(([path]) => path)
  const open = settingsTable
    .filter(([, kind]) => kind === 'map' || kind === 'schedules')
    .map(([path]) => path)
  const visit = (object: JsonObject, prefix: string): string[] =>
    Object.entries(object).flatMap(([key, value]) => {
      const path = `${prefix}${key}`
      if (known.includes(path) || open.includes(path)) return []
      const isSection = known.some((other) => other.startsWith(`${path}.`))
      if (isSection && isObject(value)) return visit(value, `${path}.`)
      if (isSection) return [`ww.${path} must be an object`]
      const meant = nearest(path, known)
      return [`there is no setting ww.${path}${meant ? `; did you mean ww.${meant}?` : ''}`]
    })
  return visit(ww, '')
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
  const limit = get<number>('timeouts.scheduled')
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
    schedule: assembleSchedules(get('schedule'), limit),
    notify: section('notify'),
    listen: get('listen'),
    onError: get('on_error'),
    allowDowngrade: get('allow_downgrade'),
  }
}

function assembleSchedules(schedules: JsonObject, limit: number): Record<string, Schedule> {
  const duration = (value: JsonValue | undefined, otherwise: number): number =>
    (typeof value === 'string' ? parseDuration(value) : null) ?? otherwise
  return Object.fromEntries(
    Object.entries(schedules).map(([hook, given]) => {
      const { cron, splay, timeout, timezone } = isObject(given) ? given : { cron: given }
      return [
        hook,
        {
          cron: String(cron),
          splay: duration(splay, 0),
          timeout: duration(timeout, limit),
          timezone: timezone ? String(timezone) : null,
        },
      ]
    }),
  )
}

function camelCase(key: string): string {
  return key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** Finds cron expressions that make no sense; loads the cron library only where there is a schedule. */
export async function checkSchedules(settings: Settings): Promise<void> {
  const schedules = Object.entries(settings.schedule)
  if (schedules.length === 0) return
  const { validate } = await import('node-cron')
  const wrong = schedules.filter(([, { cron }]) => !validate(cron))
  if (wrong.length === 0) return
  const named = wrong.map(
    ([hook, { cron }]) => `ww.schedule.${hook} is no cron expression: ${JSON.stringify(cron)}`,
  )
  throw new UserError(`bad configuration: ${named.join('; ')}`, exitCode.configuration)
}
