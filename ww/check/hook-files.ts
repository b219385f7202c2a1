import { existsSync, lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { inspectHook, isExecutable, isInstalled } from '../hooks/file.ts'
import { guessHook, isHookName } from '../hooks/names.ts'
import { findInterpreters } from '../hooks/script.ts'
import { type Finding, findingsOf } from './finding.ts'
import { lintScript } from './scripts.ts'

/** What the check of the hooks needs to know of the rest. */
export type HookContext = {
  readonly tree: string
  /** The names of all files in usr/. */
  readonly present: readonly string[]
  /** The hooks on a schedule. */
  readonly scheduled: readonly string[]
  /** The hooks run on this machine, so that what they need must be on it. */
  readonly here: boolean
}

/** Lints every file in usr/, and finds the hooks on a schedule that are not there. */
export function lintHooks(context: HookContext): Finding[] {
  const { present, scheduled } = context
  const files = present.flatMap((name) =>
    isHookName(name, scheduled) ? lintHook(name, context) : lintOther(name, present),
  )
  const absent = scheduled
    .filter((hook) => !present.includes(hook))
    .map((hook) => findingsOf(`usr/${hook}`)('error', 'does not exist, but ww.schedule names it'))
  return [...files, ...absent]
}

function lintHook(name: string, { tree, here }: HookContext): Finding[] {
  const file = `usr/${name}`
  const path = `${tree}/${file}`
  const finding = findingsOf(file)
  if (!existsSync(path)) return [finding('error', describeMissing(path))]
  if (!statSync(path).isFile()) return [finding('error', 'is not a file; a hook is an executable file')]
  if (inspectHook(path).kind === 'blank') return []
  const content = readFileSync(path, 'utf8')
  const findings = lintScript(content, file, path)
  if (!isExecutable(path)) findings.unshift(finding('error', `not executable; run chmod +x ${file}`))
  for (const program of findInterpreters(content).filter(
    (program) => !isInstalled(program, process.env.PATH),
  )) {
    const what = here
      ? `${program} does not exist; install it in the image`
      : `${program} does not exist here`
    findings.push(finding(here ? 'error' : 'warning', here ? what : `${what}; the image needs it`, 1))
  }
  return findings
}

function describeMissing(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
  return link ? `link to ${readlinkSync(path)}, which does not exist` : 'does not exist'
}

function lintOther(name: string, present: readonly string[]): Finding[] {
  const finding = findingsOf(`usr/${name}`)
  const meant = guessHook(name, present)
  if (meant !== undefined) return [finding('warning', `nothing runs this file; did you mean ${meant}?`)]
  if (name !== 'backup') return []
  return [finding('warning', 'nothing runs this file; set ww.schedule.backup')]
}
