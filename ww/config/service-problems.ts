import { nearest } from '../base/nearest.ts'
import { addKey } from './lookup.ts'
import type { Problem } from './problem.ts'
import type { Settings } from './settings.ts'

/** Finds services that have settings, or that others wait for, and no hook; `hooks` are the names of all files in usr/. */
export function findServiceProblems(services: Settings['services'], hooks: readonly string[]): Problem[] {
  const problems: Problem[] = []
  const candidates = hooks.filter((hook) => /^(serve$|(serve|oneshot)-)/.test(hook))
  const check = (name: string, keyPath: string): void => {
    if (hooks.includes(name)) return
    const meant = nearest(name, candidates)
    const fix = meant === undefined ? `add usr/${name}, or remove it here` : `did you mean ${meant}?`
    problems.push({ keyPath, problem: `there is no hook ${name}`, fix })
  }
  for (const [name, { after }] of Object.entries(services)) {
    const keyPath = addKey('ww.services', name)
    check(name, keyPath)
    for (const [index, other] of after.entries()) check(other, `${keyPath}.after.${index}`)
  }
  return problems
}
