import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { lintConfiguration } from '../check/configuration.ts'
import { type Finding, formatFinding } from '../check/finding.ts'
import { lintHooks } from '../check/hook-files.ts'
import { lintTemplate, listTemplates } from '../check/templates.ts'
import { listHooks } from '../hooks/file.ts'

export const usage = `
Usage: ww check [DIR]

Finds mistakes in the hooks (DIR/usr), templates (DIR/files/*.mustache) and configuration (DIR/etc) of an
image, and runs nothing of it. DIR is the tree that is copied to /ww; default: WW_HOME, or /ww. CFG and
CFG_FILE are part of the configuration when they are set.

Each finding is one line, FILE[:LINE]: error|warning: TEXT; the summary goes to stderr.

Examples:
  ww check ./ww
  RUN ww check        in a Dockerfile, as the last step

Exit codes: 0 no errors (warnings are allowed), 1 errors.
`

/** Checks a tree without running anything of it. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  if (positionals.length > 1) throw new UserError('takes one DIR; see ww check --help', exitCode.usage)
  const home = resolve(process.env.WW_HOME || '/ww')
  const tree = resolve(positionals[0] ?? home)
  if (!existsSync(tree)) throw new UserError(`cannot check ${tree}: no such directory`, exitCode.usage)

  const configuration = await lintConfiguration(tree, process.env)
  const { config, scheduled } = configuration
  const present = listHooks(`${tree}/usr`)
  const templates = listTemplates(tree)
  const findings = [
    ...lintTree(tree),
    ...lintHooks({ tree, present, scheduled, here: tree === home }),
    ...configuration.findings,
    ...(config === null ? [] : templates.flatMap((template) => lintTemplate(tree, template, config))),
  ]
  for (const finding of findings) process.stdout.write(`${formatFinding(finding)}\n`)
  const errors = findings.filter(({ level }) => level === 'error').length
  const found = `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}`
  const files = [
    count(present.length, 'hook'),
    count(templates.length, 'template'),
    count(configuration.files, 'configuration file'),
  ]
  process.stderr.write(`${found} in ${files.join(', ')}\n`)
  return errors === 0 ? exitCode.ok : exitCode.failed
}

function lintTree(tree: string): Finding[] {
  if (existsSync(`${tree}/usr`)) return []
  const text = 'no such directory; DIR is the tree that is copied to /ww'
  return [{ level: 'error', file: 'usr', text }]
}

function count(number: number, name: string): string {
  return `${number} ${name}${number === 1 ? '' : 's'}`
}
