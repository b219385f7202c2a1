import { nearest } from '../base/nearest.ts'

/** The hooks that whaleware calls by itself; any other runs on its schedule alone. */
export const hookVerbs: readonly string[] = [
  ...['boot', 'firstboot', 'upgrade', 'svcup', 'serve', 'warmup', 'monitor', 'pushstats', 'lifecycle'],
  ...['drain', 'svcdown'],
]

/** Whether whaleware runs a file of this name in usr/. */
export function isHookName(name: string, scheduled: readonly string[]): boolean {
  return hookVerbs.includes(name) || /^serve-./.test(name) || scheduled.includes(name)
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
  const [, service] = /^serve[-_.](\w+)$/i.exec(name) ?? []
  const bare = name.replace(/\.\w+$/, '')
  const meant = service ? `serve-${service}` : hookVerbs.includes(bare) ? bare : nearest(name, hookVerbs)
  return meant !== undefined && !present.includes(meant) ? meant : undefined
}
