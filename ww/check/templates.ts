import { readdirSync, readFileSync } from 'node:fs'
import type { JsonObject } from '../config/json.ts'
import { fillTemplate } from '../config/template.ts'
import { type Finding, findingsOf } from './finding.ts'

/** The variables that every hook, and so every template that a hook renders, has. */
const variables = [
  'WW_STATE',
  'WW_PREVIOUS_STATE',
  'WW_HOOK',
  'WW_HOME',
  'WW_DATA',
  'WW_BACKUP',
  'WW_RUN',
  'WW_APP',
  'WW_INSTANCE',
  'WW_BOOT_ID',
  'WW_VERSION',
]

/** The templates of a tree, `files/**.mustache`, in order. */
export function listTemplates(tree: string): string[] {
  try {
    const files = readdirSync(`${tree}/files`, { recursive: true, encoding: 'utf8' })
    return files
      .filter((path) => path.endsWith('.mustache'))
      .map((path) => `files/${path}`)
      .sort()
  } catch {
    return []
  }
}

/** Fills a template with the configuration of the tree, and finds what is missing in it. */
export function lintTemplate(tree: string, file: string, config: JsonObject): Finding[] {
  const finding = findingsOf(file)
  const template = readFileSync(`${tree}/${file}`, 'utf8')
  const env = { ...process.env, ...Object.fromEntries(variables.map((name) => [name, name])) }
  return fillTemplate(template, config, env).problems.map(({ line, missing, problem, fix }) => {
    // the environment of the build is not the one of the instance
    const level = missing?.startsWith('env.') ? 'warning' : 'error'
    return finding(level, fix === undefined ? problem : `${problem}; ${fix}`, line)
  })
}
