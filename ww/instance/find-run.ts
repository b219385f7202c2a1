import { existsSync } from 'node:fs'
import { volatilePlaces } from '../config/directories.ts'

/** Finds where an instance keeps its volatile state: WW_RUN, else the place that one has written to. */
export function findRun(env: NodeJS.ProcessEnv): string {
  if (env.WW_RUN) return env.WW_RUN
  return volatilePlaces.find((run) => existsSync(`${run}/status.sh`)) ?? '/run/ww'
}
