import { existsSync, readFileSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { type Directories, locateDirectories } from '../config/directories.ts'
import { describeFileError } from '../config/file-error.ts'
import { isObject, type JsonObject } from '../config/json.ts'
import { parseJson } from '../config/parse-json.ts'
import { replaceRendered } from '../config/replace-rendered.ts'
import { fillTemplate } from '../config/template.ts'

export const usage = `
Usage: ww render TEMPLATE [OUT]

Fills a template from the current configuration and writes it to OUT in one step. OUT keeps its mode and
owner; a new file gets the template's mode. Without OUT, the result goes to stdout.

Templates are mustache, without HTML escaping:

  listen {{port}};                        a value; a missing one is an error that names the line
  {{servers[0].host}}                     key paths are those of ww cfg
  {{#tls}}ssl on;{{/tls}}                 only when it is set and not false
  {{^tls}}ssl off;{{/tls}}                only when it is not
  {{#hosts}}server {{name}};{{/hosts}}    once for each item of a list; {{.}} is the item
  {{WW_DATA}}                             the WW_ variables of hooks
  {{env.HOME}}                            any other variable of the environment
  {{=<% %>=}}                             <% these %> mark what follows, where braces mean something else

The configuration takes precedence over the environment.

Example:
  ww render /ww/files/nginx.conf.mustache /etc/nginx/nginx.conf
`

/** Renders one template. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [template, out, ...more] = positionals
  if (template === undefined || more.length > 0) {
    throw new UserError('takes TEMPLATE and OUT; see ww render --help', exitCode.usage)
  }
  const directories = locateDirectories(process.env)
  const content = read(template)
  const { text, problems } = fillTemplate(
    content,
    await readConfiguration(directories),
    describeEnvironment(directories),
  )
  if (problems.length > 0) {
    const lines = problems.map(({ line, missing, problem, fix }) => {
      const place = line === undefined ? template : `${template}:${line}`
      const what = missing === undefined ? problem : `${problem} in the configuration`
      return `${place}: ${what}${fix === undefined ? '' : `; ${fix}`}`
    })
    throw new UserError(lines.join('\n'), exitCode.failed)
  }
  if (out === undefined) process.stdout.write(text)
  else writeOut(out, text, statSync(template).mode)
  return exitCode.ok
}

/** A hook has the directories as variables; a person who calls this may not. */
function describeEnvironment({ home, data, backup, run }: Directories): NodeJS.ProcessEnv {
  return { WW_HOME: home, WW_DATA: data, WW_BACKUP: backup, WW_RUN: run, ...process.env }
}

async function readConfiguration({ home, run }: Directories): Promise<JsonObject> {
  const usual = `${home}/etc/cfg.json`
  const path = [`${run}/cfg.json`, usual].find((candidate) => existsSync(candidate))
  if (path === undefined)
    throw new UserError(`cannot read ${usual}: no such file; it is written when the instance boots`)
  const config = await parseJson(read(path), path)
  if (!isObject(config)) throw new UserError(`cannot use ${path}: it must be a JSON object`)
  return config
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${describeFileError(error)}`, 1, { cause: error })
  }
}

function writeOut(out: string, text: string, templateMode: number): void {
  try {
    replaceRendered(out, text, templateMode)
  } catch (error) {
    throw new UserError(`cannot write ${out}: ${describeFileError(error)}`, 1, { cause: error })
  }
}
