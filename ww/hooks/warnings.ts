import { accessSync, constants, statSync } from 'node:fs'
import { inspectHook, listHooks } from './file.ts'
import { guessHook, isHookName } from './names.ts'

/** Sentences on what is probably a mistake in a hook directory: names that nothing calls, and nothing to run at all. */
export function findHookWarnings(directory: string, scheduled: readonly string[]): string[] {
  const present = listHooks(directory)
  const uncalled = present
    .filter((name) => !name.startsWith('.') && !isHookName(name, scheduled))
    .flatMap((name) => {
      const path = `${directory}/${name}`
      const meant = guessHook(name, present)
      if (meant !== undefined) return [`nothing calls ${path}; did you mean ${meant}?`]
      return isProgram(path)
        ? [`nothing calls ${path}; schedule it in ww.schedule, or move it out of usr`]
        : []
    })
  const works = present
    .filter((name) => ['svcup', 'monitor', 'serve'].includes(name) || /^(serve|oneshot)-./.test(name))
    .some((name) => inspectHook(`${directory}/${name}`).kind !== 'blank')
  return works ? uncalled : [...uncalled, `nothing to run: ${directory} has no serve, svcup or monitor`]
}

/** A file that may be read or sourced by others is no mistake, one that can be executed probably is. */
function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
