import { parseDuration } from '../base/duration.ts'
import { exitCode, UserError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { type TargetConfig, targetDefaults } from './target/config.ts'
import { findCycle } from './target/require-order.ts'

type Values = Record<string, unknown>
type Refuse = (key: string, what: string) => never

const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads a supervisor's configuration: `{"http://localhost:8080": "command", …}`, with an object instead of the command
 * where more is to be said. A UserError (exit 78) names the key that is wrong; `source` is what it is called there.
 */
export function parseTargets(data: unknown, source: string): TargetConfig[] {
  const refuse: Refuse = (key, what) => {
    throw new UserError(`cannot use ${source}: ${key} ${what}`, exitCode.configuration)
  }
  if (!isRecord(data)) return refuse('it', 'must be a JSON object from URL to command')
  const targets = Object.entries(data).map(([url, value]) => parseTarget(url, value, refuse))
  for (const { url, requires } of targets) {
    const unknown = requires.find((required) => !targets.some((target) => target.url === required))
    if (unknown !== undefined)
      refuse(
        `"${url}".requires`,
        `names ${unknown}, which is no target${suggest(unknown, Object.keys(data))}`,
      )
  }
  const cycle = findCycle(targets)
  if (cycle) refuse('requires', `goes round in a circle: ${cycle.join(' → ')}`)
  return targets
}

function parseTarget(url: string, value: unknown, refuse: Refuse): TargetConfig {
  const name = `"${url}"`
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
    refuse(name, 'is no URL such as http://localhost:8080')
  const settings = typeof value === 'string' ? { run: value } : value
  if (!isRecord(settings)) return refuse(name, 'must be a command, or an object with "run"')
  const known = Object.keys(readers)
  for (const key of Object.keys(settings)) {
    if (!known.includes(key)) refuse(`${name}.${key}`, `is no setting${suggest(key, known)}`)
  }
  const parts = Object.entries(readers).map(([key, read]) =>
    settings[key] === undefined ? {} : read(settings[key], (what) => refuse(`${name}.${key}`, what)),
  )
  return Object.assign({ url, ...targetDefaults }, ...parts)
}

type Reader = (value: unknown, refuse: (what: string) => never) => Partial<TargetConfig>

/** Every setting of a target, and how it is read. */
const readers: Readonly<Record<string, Reader>> = {
  run: (value, refuse) => ({ run: readText(value, refuse) }),
  stop: (value, refuse) => ({ stop: readText(value, refuse) }),
  env: (value, refuse) => {
    if (!isRecord(value) || !Object.values(value).every((text) => typeof text === 'string'))
      return refuse('must be an object from name to text')
    return { env: Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)])) }
  },
  cwd: (value, refuse) => ({ cwd: readText(value, refuse) }),
  user: (value, refuse) => ({ user: readText(value, refuse) }),
  every: (value, refuse) => ({ every: readDuration(value, refuse) }),
  timeout: (value, refuse) => ({ timeout: readDuration(value, refuse) }),
  start_limit: (value, refuse) => ({ startLimit: readDuration(value, refuse) }),
  stop_limit: (value, refuse) => ({ stopLimit: readDuration(value, refuse) }),
  failures: (value, refuse) => ({ failures: readCount(value, refuse) }),
  requires: (value, refuse) =>
    Array.isArray(value) && value.every((url) => typeof url === 'string')
      ? { requires: value.map(String) }
      : refuse('must be a list of URLs'),
  restart: (value, refuse) => ({ restart: readRestart(value, refuse) }),
}

function readRestart(value: unknown, refuse: (what: string) => never): TargetConfig['restart'] {
  const names = {
    limit: 'limit',
    window: 'window',
    backoff: 'backoff',
    backoff_max: 'backoffMax',
    stable: 'stable',
  }
  if (!isRecord(value)) return refuse(`must be an object with ${Object.keys(names).join(', ')}`)
  const parts = Object.entries(value).map(([key, setting]) => {
    const found = Object.entries(names).find(([name]) => name === key)
    if (!found) return refuse(`has no setting ${key}${suggest(key, Object.keys(names))}`)
    const refuseKey = (what: string): never => refuse(`.${key} ${what}`)
    return { [found[1]]: key === 'limit' ? readCount(setting, refuseKey) : readDuration(setting, refuseKey) }
  })
  return Object.assign({ ...targetDefaults.restart }, ...parts)
}

function readText(value: unknown, refuse: (what: string) => never): string {
  return typeof value === 'string' && value.trim() !== '' ? value : refuse('must be a text')
}

function readCount(value: unknown, refuse: (what: string) => never): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
    ? value
    : refuse('must be a whole number from 1')
}

function readDuration(value: unknown, refuse: (what: string) => never): number {
  const ms = typeof value === 'string' ? parseDuration(value) : null
  return ms !== null && ms > 0 ? ms : refuse('must be a duration such as "500ms" or "30s"')
}

function suggest(word: string, known: readonly string[]): string {
  const meant = nearest(word, known)
  return meant ? `; did you mean ${meant}?` : ''
}
