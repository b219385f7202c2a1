import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { lintConfiguration } from '../check/configuration.ts'
import { type Finding, findInterpreters, guessHook, isHookName, lintScript } from '../check/hooks.ts'
import { inspectHook, listHooks } from '../hooks/file.ts'

export const usage = `
Usage: ww check [DIR]

Looks for mistakes in an image's hooks (DIR/usr) and configuration (DIR/etc) and runs none of them. DIR is
the tree that goes to /ww; by default it is WW_HOME, or /ww. CFG and CFG_FILE count when they are set.
One line a finding; exits 1 when there is an error, warnings alone are no reason.

  ww check ./ww
  RUN ww check        in a Dockerfile, as the last step
`

/** Checks a tree without running anything of it. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  if (positionals.length > 1) throw new UserError('ww check takes one DIR', exitCode.usage)
  const home = resolve(process.env.WW_HOME || '/ww')
  const tree = resolve(positionals[0] ?? home)
  if (!existsSync(tree))
    throw new UserError(`cannot check ${tree}: there is no such directory`, exitCode.usage)

  const configuration = await lintConfiguration(tree, process.env)
  const hooks = lintHooks(`${tree}/usr`, configuration.scheduled, tree === home)
  const findings = [...hooks, ...configuration.findings]
  for (const { level, what } of findings) process.stdout.write(`${level} ${what}\n`)
  const errors = findings.filter(({ level }) => level === 'error').length
  const count = (number: number, name: string): string => `${number} ${name}${number === 1 ? '' : 's'}`
  const summary = `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')}`
  process.stdout.write(findings.length === 0 ? `${tree} is fine\n` : `${tree}: ${summary}\n`)
  return errors === 0 ? exitCode.ok : exitCode.failed
}

/** `here`: the hooks run on this machine, so that what they need must be on it. */
function lintHooks(directory: string, scheduled: readonly string[], here: boolean): Finding[] {
  if (!existsSync(directory)) {
    return [{ level: 'error', what: 'usr: there is no such directory; DIR is the tree that goes to /ww' }]
  }
  const present = listHooks(directory)
  const files = present.flatMap((name) => {
    const findings = isHookName(name, scheduled)
      ? lintHook(`${directory}/${name}`, here)
      : lintOther(name, present)
    return findings.map(({ level, what }): Finding => ({ level, what: `usr/${name}: ${what}` }))
  })
  const absent = scheduled
    .filter((hook) => !present.includes(hook))
    .map(
      (hook): Finding => ({ level: 'error', what: `usr/${hook}: ww.schedule names it, but it is not there` }),
    )
  return [...files, ...absent]
}

function lintHook(path: string, here: boolean): Finding[] {
  const { kind } = inspectHook(path)
  if (kind === 'blank') return []
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return [{ level: 'error', what: 'is not a file' }]
  const content = readFileSync(path, 'utf8')
  const absent = findInterpreters(content)
    .filter((program) => !isInstalled(program))
    .map((program): Finding => {
      const where = here ? 'is not installed' : 'is not installed here; the image must have it'
      return { level: here ? 'error' : 'warning', what: `its interpreter ${program} ${where}` }
    })
  const mode: Finding[] =
    kind === 'broken' ? [{ level: 'error', what: 'is not executable: chmod +x makes it so' }] : []
  return [...mode, ...lintScript(content), ...absent]
}

function lintOther(name: string, present: readonly string[]): Finding[] {
  const meant = guessHook(name, present)
  if (meant) return [{ level: 'error', what: `there is no such hook; did you mean ${meant}?` }]
  if (name !== 'backup') return []
  return [{ level: 'warning', what: 'nothing runs it: ww.schedule.backup says when it is to run' }]
}

function isInstalled(program: string): boolean {
  const paths = program.includes('/')
    ? [program]
    : (process.env.PATH ?? '').split(':').map((directory) => `${directory}/${program}`)
  return paths.some((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
