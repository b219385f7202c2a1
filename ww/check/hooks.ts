import { nearest } from '../base/nearest.ts'

/** Something that `ww check` found; an error keeps the image from working, a warning may be meant. */
export type Finding = { readonly level: 'error' | 'warning'; readonly what: string }

/** The hooks that whaleware calls by itself; any other runs on its schedule alone. */
export const hookVerbs: readonly string[] = [
  ...['boot', 'firstboot', 'upgrade', 'svcup', 'serve', 'warmup', 'monitor', 'pushstats', 'lifecycle'],
  ...['drain', 'svcdown'],
]

/** Whether whaleware runs a file of this name in usr/. */
export function isHookName(name: string, scheduled: readonly string[]): boolean {
  return hookVerbs.includes(name) || /^serve-./.test(name) || scheduled.includes(name)
}

/** Lints the text of a script. Binary programs have nothing to lint. */
export function lintScript(content: string): Finding[] {
  if (content.includes('\0')) return []
  const findings: Finding[] = []
  if (content.startsWith('\uFEFF')) {
    findings.push({
      level: 'error',
      what: 'begins with a byte order mark, which hides the #! line: save it without',
    })
  } else if (!content.startsWith('#!')) {
    findings.push({ level: 'warning', what: 'has no #! line: it runs under /bin/sh' })
  }
  if (content.includes('\r\n')) {
    findings.push({ level: 'error', what: `has CRLF line ends: sed -i 's/\\r$//' makes them right` })
  }
  return findings
}

/** The programs that the #! line of a script needs, such as `/usr/bin/env` and `bash`; none without such a line. */
export function findInterpreters(content: string): string[] {
  const [, line = ''] = /^#!(.*)/.exec(content) ?? []
  const [program, ...args] = line.trim().split(/\s+/)
  if (!program) return []
  if (!/\/env$/.test(program)) return [program]
  const called = args.find((arg) => !arg.startsWith('-') && !arg.includes('='))
  return called ? [program, called] : [program]
}

/** What a file that is no hook was probably meant to be; undefined when it is no slip, or the hook meant is there too. */
export function guessHook(name: string, present: readonly string[]): string | undefined {
  const [, service] = /^serve[_.](\w+)$/.exec(name) ?? []
  const bare = name.replace(/\.\w+$/, '')
  const meant = service ? `serve-${service}` : hookVerbs.includes(bare) ? bare : nearest(name, hookVerbs)
  return meant !== undefined && !present.includes(meant) ? meant : undefined
}
