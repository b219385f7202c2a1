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

/** Finds settings that are those of services, and have no effect on one-shots. */
export function findIdleSettings(services: Settings['services']): Problem[] {
  const problems: Problem[] = []
  for (const [name, { essential, ready, uses, onExit }] of Object.entries(services)) {
    if (!name.startsWith('oneshot-')) continue
    const given = { essential: essential !== null, ready: ready !== null, uses: uses.length > 0 }
    for (const [key, isGiven] of Object.entries({ ...given, on_exit: onExit !== 'restart' })) {
      if (!isGiven) continue
      const keyPath = `${addKey('ww.services', name)}.${key}`
      problems.push({ keyPath, kind: 'obsolete', problem: 'has no effect on a one-shot', fix: 'remove it' })
    }
  }
  return problems
}
