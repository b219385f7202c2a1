import { resolve } from 'node:path'
import { isConfigurationError } from '../config/configuration-error.ts'
import { examineLayers } from '../config/examine.ts'
import type { JsonObject } from '../config/json.ts'
import { type Layer, readLayers } from '../config/layers.ts'
import { locateProblems } from '../config/locate.ts'
import { addKey } from '../config/lookup.ts'
import { formatProblem, type Problem } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import { listHooks } from '../hooks/file.ts'
import { findUser } from '../processes/account.ts'
import type { Finding } from './finding.ts'

/** How long Docker waits between SIGTERM and SIGKILL, in milliseconds. */
const dockerGrace = 10_000

/** What was found in the configuration, and what the rest of the check needs of it. */
export type ConfigurationReport = {
  readonly findings: readonly Finding[]
  /** The hooks on a schedule. */
  readonly scheduled: readonly string[]
  /** Null when it cannot be read. */
  readonly config: JsonObject | null
  readonly files: number
}

/**
 * Lints the configuration of a tree: its defaults with CFG and CFG_FILE over them, and its schema. The files of secrets
 * need not be there.
 */
export async function lintConfiguration(tree: string, env: NodeJS.ProcessEnv): Promise<ConfigurationReport> {
  const find = (level: Finding['level'], problems: readonly Problem[]): Finding[] =>
    problems.map((problem) => toFinding(level, problem, tree))
  let layers: Layer[]
  try {
    layers = await readLayers(env, { home: tree })
  } catch (error) {
    if (!isConfigurationError(error)) throw error
    return { findings: find('error', error.problems), scheduled: [], config: null, files: 1 }
  }
  const examined = await examineLayers(layers, env, {
    schema: `${tree}/etc/cfg.schema.json`,
    hostname: 'check',
    readSecret: null,
    listHooks: () => listHooks(`${tree}/usr`),
  })
  const { config, settings, problems, violations, warnings } = examined
  // without CFG the defaults may well be incomplete
  const isComplete = Boolean(env.CFG || env.CFG_FILE)
  const isExpected = ({ kind }: Problem): boolean => kind === 'missing' && !isComplete
  return {
    findings: [
      ...find('error', problems),
      ...find(
        'error',
        violations.filter((problem) => !isExpected(problem)),
      ),
      ...find('warning', violations.filter(isExpected)),
      ...find('warning', warnings),
      ...find('warning', await locateProblems(checkGrace(settings.stop.grace), layers)),
      ...find('warning', await locateProblems(isHere(tree, env) ? checkUsers(settings) : [], layers)),
    ],
    scheduled: Object.keys(settings.schedule),
    config,
    files: layers.filter(({ text }) => text !== undefined).length,
  }
}

function toFinding(level: Finding['level'], { source, line, ...fact }: Problem, tree: string): Finding {
  const relative = (text: string): string => text.replaceAll(`${tree}/`, '')
  return {
    level,
    file: source === undefined ? 'etc/cfg.schema.json' : relative(source),
    text: relative(formatProblem(fact)),
    ...(line === undefined ? {} : { line }),
  }
}

function checkGrace(grace: number): Problem[] {
  if (grace <= dockerGrace) return []
  const seconds = Math.ceil(grace / 1000)
  const problem = `${seconds}s exceeds Docker's 10 s`
  return [{ keyPath: 'ww.stop.grace', kind: 'excessive', problem, fix: `use docker stop -t ${seconds + 1}` }]
}

/** Whether the tree is the one of this machine, whose users are those of the image. */
function isHere(tree: string, env: NodeJS.ProcessEnv): boolean {
  return tree === resolve(env.WW_HOME || '/ww')
}

/** A hook may still create a user before its service starts. */
function checkUsers({ services }: Settings): Problem[] {
  const problems: Problem[] = []
  for (const [name, { user }] of Object.entries(services)) {
    if (user === null || findUser(user) !== null) continue
    const keyPath = `${addKey('ww.services', name)}.user`
    problems.push({ keyPath, problem: `there is no user ${user}`, fix: 'create it in the image' })
  }
  return problems
}
