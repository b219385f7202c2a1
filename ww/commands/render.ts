import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { locateDirectories } from '../config/directories.ts'
import { isObject } from '../config/json.ts'
import { parseJson } from '../config/parse-json.ts'
import { fillTemplate } from '../config/template.ts'

export const usage = `
Usage: ww render TEMPLATE [OUT]

Fills a template with the current configuration and writes it to OUT in one step, keeping OUT's mode
and owner (a new file gets the template's mode), or to standard output.

Templates are mustache, without HTML escaping:

  listen {{port}};                        a value; a missing one is an error that names the line
  {{servers[0].host}}                     key paths are those of ww cfg
  {{#tls}}ssl on;{{/tls}}                 only when it is there and not false
  {{^tls}}ssl off;{{/tls}}                only when it is not
  {{#hosts}}server {{name}};{{/hosts}}    once for each item of a list; {{.}} is the item
  {{=<% %>=}}                             <% these %> mark what follows, where braces mean something else

  ww render /ww/files/nginx.conf.mustache /etc/nginx/nginx.conf
`

/** Renders one template. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [template, out, ...more] = positionals
  if (template === undefined || more.length > 0) {
    throw new UserError('which template? see ww render --help', exitCode.usage)
  }
  const rendered = fillTemplate(readTemplate(template), template, await readConfiguration())
  if (out === undefined) process.stdout.write(rendered)
  else replaceOut(out, rendered, statSync(template).mode)
  return exitCode.ok
}

async function readConfiguration() {
  const { home, run } = locateDirectories(process.env)
  const path = [`${run}/cfg.json`, `${home}/etc/cfg.json`].find((candidate) => existsSync(candidate))
  if (path === undefined) throw new UserError(`cannot read ${home}/etc/cfg.json: it is made at boot`)
  const config = await parseJson(readFileSync(path, 'utf8'), path)
  if (!isObject(config)) throw new UserError(`cannot use ${path}: it must be an object`)
  return config
}

function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read the template: ${error instanceof Error ? error.message : error}`, 1, {
      cause: error,
    })
  }
}

function replaceOut(out: string, content: string, templateMode: number): void {
  try {
    const old = statSync(out, { throwIfNoEntry: false })
    // a link stays one
    const target = old ? realpathSync(out) : out
    const temporary = `${target}.${process.pid}.tmp`
    try {
      writeFileSync(temporary, content, { mode: 0o600 })
      if (old) chownSync(temporary, old.uid, old.gid)
      // whatever the umask
      chmodSync(temporary, (old?.mode ?? templateMode) & 0o777)
      renameSync(temporary, target)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    }
  } catch (error) {
    throw new UserError(`cannot write ${out}: ${error instanceof Error ? error.message : error}`, 1, {
      cause: error,
    })
  }
}
