import { nearest } from '../base/nearest.ts'

/** The hooks that whaleware calls by itself; any other runs on its schedule alone. */
export const hookVerbs: readonly string[] = [
  'boot',
  'firstboot',
  'upgrade',
  'svcup',
  'serve',
  'warmup',
  'monitor',
  'pushstats',
  'lifecycle',
  'drain',
  'svcdown',
  'reload',
]

/** What other tools call what these hooks do. */
const synonyms: Readonly<Record<string, string>> = {
  start: 'serve',
  run: 'serve',
  server: 'serve',
  service: 'serve',
  stop: 'svcdown',
  init: 'firstboot',
  setup: 'firstboot',
  migrate: 'upgrade',
  health: 'monitor',
  healthcheck: 'monitor',
}

/** Whether whaleware runs a file of this name in usr/. */
export function isHookName(name: string, scheduled: readonly string[]): boolean {
  return hookVerbs.includes(name) || /^(serve|oneshot)-./.test(name) || scheduled.includes(name)
}

/** The hook that a file was probably meant to be; undefined when none is likely, or when that hook is there too. */
export function guessHook(name: string, present: readonly string[]): string | undefined {
  const [, before = '', own] = /^([a-z]+|one-shot)[-_.](\w+)$/i.exec(name) ?? []
  const prefix = own === undefined ? undefined : nearest(before, ['serve', 'oneshot'])
  const bare = name.replace(/\.\w+$/, '').toLowerCase()
  const extension = /\.(sh|bash|py|js|mjs|ts|rb|pl)$/i.test(name)
  const meant =
    prefix !== undefined && !extension
      ? `${prefix}-${own}`
      : hookVerbs.includes(bare)
        ? bare
        : (synonyms[bare] ?? nearest(name, hookVerbs))
  return meant !== undefined && !present.includes(meant) ? meant : undefined
}
