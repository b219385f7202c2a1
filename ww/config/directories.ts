import { accessSync, constants, mkdirSync } from 'node:fs'
import { UserError } from '../base/errors.ts'

/** Where everything is; absolute paths. */
export type Directories = {
  /** whaleware itself; WW_HOME, `/ww`. */
  readonly home: string
  /** The author's hooks, `/ww/usr`. */
  readonly hooks: string
  /** What the app keeps; WW_DATA, `/data`. */
  readonly data: string
  /** Where backups go; WW_BACKUP, `/backup`. */
  readonly backup: string
  /** Volatile state; WW_RUN, `/run/ww`, or `/dev/shm/ww` where that can't be written (a read-only root). */
  readonly run: string
}

/** Where volatile state is kept without WW_RUN: the first that can be written. */
export const volatilePlaces: readonly string[] = ['/run/ww', '/dev/shm/ww']

/** Reads the directories from the environment; `run` is made when it is not there. */
export function findDirectories(env: NodeJS.ProcessEnv): Directories {
  const home = env.WW_HOME || '/ww'
  return {
    home,
    hooks: `${home}/usr`,
    data: env.WW_DATA || '/data',
    backup: env.WW_BACKUP || '/backup',
    run: chooseRun(env.WW_RUN),
  }
}

function chooseRun(told: string | undefined): string {
  const candidates = told ? [told] : volatilePlaces
  const run = candidates.find(isWritable)
  if (!run) {
    throw new UserError(
      `cannot write to ${candidates.join(' or ')}: mount a tmpfs there, or set WW_RUN to a directory that can be written`,
    )
  }
  return run
}

function isWritable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true })
    accessSync(directory, constants.W_OK)
    return true
  } catch {
    return false
  }
}
