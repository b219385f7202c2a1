import { existsSync, readFileSync } from 'node:fs'
import { isUserError } from '../base/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../config/json.ts'
import { mergeLayers, readLayers } from '../config/load.ts'
import { parseJson } from '../config/parse-json.ts'
import { checkSchedules, readSettings } from '../config/read-settings.ts'
import type { Settings } from '../config/settings.ts'
import type { Finding } from './hooks.ts'

/** Docker's own patience between SIGTERM and SIGKILL, in milliseconds. */
const dockerGrace = 10_000

/** How the sentence about problems in the configuration begins. */
const badConfiguration = 'bad configuration: '

/**
 * Lints the configuration of a tree: its defaults with CFG and CFG_FILE over them, and its schema. Secrets need not be
 * there. Tells which hooks are on a schedule, too.
 */
export async function lintConfiguration(
  tree: string,
  env: NodeJS.ProcessEnv,
): Promise<{ findings: Finding[]; scheduled: string[] }> {
  const findings: Finding[] = []
  const note = (level: Finding['level'], message: string): void => {
    findings.push(...splitProblems(message, tree).map((what): Finding => ({ level, what })))
  }
  const config = await attempt(async () => assumeSecrets(await readMerged(tree, env)))
  if (config instanceof Error) {
    note('error', config.message)
    return { findings, scheduled: [] }
  }
  const settings = await attempt(() => readSettings(config, 'check'))
  if (settings instanceof Error) note('error', settings.message)
  // these can be told of also when another setting is wrong
  const schedules = await readSection(config, 'schedule')
  if (schedules) {
    const checked = await attempt(() => checkSchedules(schedules))
    if (checked instanceof Error) note('error', checked.message)
  }
  const grace = (await readSection(config, 'stop'))?.stop.grace ?? 0
  if (grace > dockerGrace) note('warning', tellGrace(grace))
  const schema = await attempt(() => lintSchema(tree, config))
  if (schema instanceof Error) {
    // without CFG the defaults may well be incomplete
    const incomplete = schema.message.startsWith(badConfiguration) && !env.CFG && !env.CFG_FILE
    note(incomplete ? 'warning' : 'error', schema.message)
  }
  return { findings, scheduled: Object.keys(schedules?.schedule ?? {}) }
}

async function readMerged(tree: string, env: NodeJS.ProcessEnv): Promise<JsonObject> {
  return mergeLayers(await readLayers(env, { home: tree }))
}

async function lintSchema(tree: string, config: JsonValue): Promise<void> {
  const path = `${tree}/etc/cfg.schema.json`
  if (!existsSync(path)) return
  const { checkSchema } = await import('../config/schema.ts')
  checkSchema(config, await parseJson(readFileSync(path, 'utf8'), path), path)
}

/** The settings with one section of the configuration and defaults for the rest; null when that section is wrong. */
async function readSection(config: JsonValue, section: string): Promise<Settings | null> {
  const ww = isObject(config) && isObject(config.ww) ? config.ww : {}
  const settings = await attempt(() => readSettings({ ww: { [section]: ww[section] ?? {} } }, 'check'))
  return settings instanceof Error ? null : settings
}

/** Puts a text in the place of every secret, whose file is on another machine. */
function assumeSecrets(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(assumeSecrets)
  if (!isObject(value)) return value
  if (typeof value.$file === 'string' && Object.keys(value).length === 1) return 'secret'
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, assumeSecrets(item)]))
}

async function attempt<T>(examine: () => T | Promise<T>): Promise<T | Error> {
  try {
    return await examine()
  } catch (error) {
    if (isUserError(error)) return error
    throw error
  }
}

/** One sentence names all problems; here each gets its line, with paths as the author sees them. */
function splitProblems(message: string, tree: string): string[] {
  const problems = message.startsWith(badConfiguration) ? message.slice(badConfiguration.length) : message
  return problems.split(/; (?!did you mean )/).map((problem) => problem.replaceAll(`${tree}/`, ''))
}

function tellGrace(grace: number): string {
  const seconds = Math.ceil(grace / 1000) + 1
  const how = `docker stop -t ${seconds} or stop_grace_period: ${seconds}s gives it that long`
  return `ww.stop.grace is longer than the 10 s after which Docker kills: ${how}`
}
