import { parseDuration } from '../base/duration.ts'
import { exitCode, UserError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { type AlertCondition, type AlertRule, type AlertSettings, usualAlerts } from './alert-rules.ts'

type Fields = Readonly<Record<string, unknown>>

const keys = {
  file: ['rules', 'webhooks', 'page', 'gather'],
  rule: ['name', 'app', 'status', 'restarts', 'within', 'stat', 'over', 'under', 'for', 'resolve'],
  webhook: ['url', 'secret'],
}

/** Reads alert settings from data; throws a UserError that names the key. */
export function parseAlerts(data: unknown, file: string): AlertSettings {
  const fail: Fail = (key, what) => {
    throw new UserError(`${file}: ${key ? `${key} ${what}` : `the file ${what}`}`, exitCode.configuration)
  }
  const fields = readFields(data ?? {}, '', keys.file, fail)
  const rules = fields.rules === undefined ? usualAlerts.rules : readList(fields.rules, 'rules', fail)
  const parsed =
    fields.rules === undefined ? usualAlerts.rules : rules.map((one, i) => readRule(one, `rules[${i}]`, fail))
  const twice = parsed.find(({ name }, i) => parsed.findIndex((other) => other.name === name) < i)
  if (twice) fail('rules', `has two rules with the name "${twice.name}"`)
  const webhooks = readList(fields.webhooks ?? [], 'webhooks', fail).map((one, i) => {
    const key = `webhooks[${i}]`
    const { url, secret } = readFields(one, key, keys.webhook, fail)
    return { url: readUrl(url, `${key}.url`, fail), secret: readSecret(secret, `${key}.secret`, fail) }
  })
  const again = webhooks.find(({ url }, i) => webhooks.findIndex((other) => other.url === url) < i)
  if (again) fail('webhooks', 'has the same url twice')
  return {
    rules: parsed,
    webhooks,
    page: fields.page === undefined ? null : readUrl(fields.page, 'page', fail).replace(/\/$/, ''),
    gather: readTime(fields.gather, 'gather', usualAlerts.gather, fail),
  }
}

type Fail = (key: string, what: string) => never

function readRule(data: unknown, key: string, fail: Fail): AlertRule {
  const fields = readFields(data, key, keys.rule, fail)
  return {
    name: readText(fields.name, `${key}.name`, fail),
    condition: readCondition(fields, key, fail),
    app: fields.app === undefined ? null : readText(fields.app, `${key}.app`, fail),
    hold: readTime(fields.for, `${key}.for`, 0, fail),
    resolve: readTime(fields.resolve, `${key}.resolve`, 60_000, fail),
  }
}

function readCondition(fields: Fields, key: string, fail: Fail): AlertCondition {
  const kinds = (['status', 'restarts', 'stat'] as const).filter((kind) => fields[kind] !== undefined)
  const [kind] = kinds
  if (kinds.length !== 1 || kind === undefined)
    return fail(key, 'must say one of status, restarts or stat: what it alerts about')
  const needs: Readonly<Record<string, string>> = { within: 'restarts', over: 'stat', under: 'stat' }
  for (const [name, owner] of Object.entries(needs))
    if (fields[name] !== undefined && owner !== kind)
      fail(`${key}.${name}`, `goes with ${owner}, not ${kind}`)
  if (kind === 'status') {
    const words = Array.isArray(fields.status) ? fields.status : [fields.status]
    if (words.length === 0) fail(`${key}.status`, 'is an empty list')
    return { kind, is: words.map((word) => readText(word, `${key}.status`, fail)) }
  }
  if (kind === 'restarts') {
    const limit = readNumber(fields.restarts, `${key}.restarts`, fail)
    if (!Number.isInteger(limit) || limit < 1) fail(`${key}.restarts`, 'takes a whole number from 1 on')
    const within = readTime(fields.within, `${key}.within`, 3_600_000, fail)
    if (within !== 3_600_000 && within !== 86_400_000)
      fail(`${key}.within`, 'takes 1h or 1d: restarts are counted by the hour and by the day')
    return { kind, limit, within: within === 3_600_000 ? 'hour' : 'day' }
  }
  const { over, under } = fields
  if (over === undefined && under === undefined) fail(key, 'must say over or under which limit the stat is')
  return {
    kind,
    path: readText(fields.stat, `${key}.stat`, fail),
    over: over === undefined ? null : readNumber(over, `${key}.over`, fail),
    under: under === undefined ? null : readNumber(under, `${key}.under`, fail),
  }
}

function readFields(data: unknown, key: string, known: readonly string[], fail: Fail): Fields {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return fail(key, `must be a map with ${known.join(', ')}`)
  for (const name of Object.keys(data)) {
    const meant = nearest(name, known)
    const hint = meant ? `did you mean ${meant}?` : `there are ${known.join(', ')}`
    if (!known.includes(name)) fail(key ? `${key}.${name}` : name, `is no key here; ${hint}`)
  }
  return { ...data }
}

function readList(data: unknown, key: string, fail: Fail): readonly unknown[] {
  return Array.isArray(data) ? data : fail(key, 'must be a list')
}

function readText(data: unknown, key: string, fail: Fail): string {
  return typeof data === 'string' && data !== '' ? data : fail(key, `takes a word, not ${show(data)}`)
}

function readNumber(data: unknown, key: string, fail: Fail): number {
  return typeof data === 'number' && Number.isFinite(data)
    ? data
    : fail(key, `takes a number, not ${show(data)}`)
}

function readTime(data: unknown, key: string, otherwise: number, fail: Fail): number {
  if (data === undefined) return otherwise
  const ms = typeof data === 'string' ? parseDuration(data) : null
  return ms ?? fail(key, `takes a duration such as 30s or 10m, not ${show(data)}`)
}

function readUrl(data: unknown, key: string, fail: Fail): string {
  return typeof data === 'string' && /^https?:\/\/[^/\s]/.test(data)
    ? data
    : fail(key, 'takes an http or https URL')
}

function readSecret(data: unknown, key: string, fail: Fail): string | null {
  if (data === undefined) return null
  // not shown: it is a secret, mistaken or not
  const isSecret =
    typeof data === 'string' && /^whsec_(?=.)(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/.test(data)
  return isSecret ? data : fail(key, 'takes a Standard Webhooks secret: whsec_ and base64')
}

function show(data: unknown): string {
  return data === undefined ? 'nothing' : JSON.stringify(data)
}
