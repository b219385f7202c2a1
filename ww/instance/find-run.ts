import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs'

/** Finds the run directory of this user's instance, as the sh verbs do: what belongs to others comes last. */
export function findRun(env: NodeJS.ProcessEnv): string {
  const base = env.WW_RUN || '/run/ww'
  const candidates = [...list(base, 'uid-'), base, ...(env.WW_RUN ? [] : list('/dev/shm', 'ww-'))]
  const own = candidates.find((run) => isOwn(run, run === env.WW_RUN) && isOwn(`${run}/status`, false))
  if (own !== undefined) return own
  // of another user: its socket refuses us, and that is what the error is about; root reaches it
  return candidates.find((run) => run !== base && existsSync(`${run}/status`)) ?? candidates[0] ?? base
}

function list(directory: string, prefix: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.startsWith(prefix))
    return names.map((name) => `${directory}/${name}`)
  } catch {
    return []
  }
}

/** A link that another user made may lead anywhere; WW_RUN is this user's own word. */
function isOwn(path: string, mayBeLink: boolean): boolean {
  try {
    const stats = mayBeLink ? statSync(path) : lstatSync(path)
    return !stats.isSymbolicLink() && stats.uid === process.geteuid?.()
  } catch {
    return false
  }
}
