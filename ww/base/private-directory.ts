import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  type Stats,
} from 'node:fs'
import { dirname } from 'node:path'
import { codeOf, temporaryName } from './files.ts'
import { effectiveUser, explainForeignOwner, explainWriteError, type WriteRefusal } from './write-error.ts'

/**
 * Makes a directory that only this user can read and write, or takes the one that is there when it is this user's; null
 * when that worked. What another user could have planted is refused: a symbolic link, a file, a directory of theirs.
 */
export function claimDirectory(path: string): WriteRefusal | null {
  try {
    const created = create(path)
    const directory = openDirectory(path)
    if (typeof directory !== 'number') return directory
    try {
      const stats = fstatSync(directory)
      if (!created && stats.uid !== effectiveUser() && stats.uid !== ownerOfNewFiles(dirname(path)))
        return explainForeignOwner(path, stats.uid)
      if ((stats.mode & 0o777) !== 0o700) fchmodSync(directory, 0o700)
    } finally {
      closeSync(directory)
    }
    accessSync(path, constants.W_OK)
    return null
  } catch (error) {
    return explainWriteError(path, error)
  }
}

/** What is at a path, without following a link; null when there is nothing, or nothing that we may see. */
export function statLink(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}

function create(path: string): boolean {
  if (statLink(path) !== null) return false
  try {
    mkdirSync(path, { mode: 0o700 })
    return true
  } catch (error) {
    // on a read-only file system mkdir says so even where the directory is there
    if (codeOf(error) === 'EEXIST' || statLink(path) !== null) return false
    throw error
  }
}

/** By a descriptor, so that what is checked is what is changed, whatever takes its name meanwhile. */
function openDirectory(path: string): number | WriteRefusal {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch (error) {
    const stats = statLink(path)
    if (stats === null || stats.isDirectory()) throw error
    const reason = `it is ${stats.isSymbolicLink() ? 'a symbolic link' : 'not a directory'}`
    return { path, reason, fix: 'remove it' }
  }
}

/**
 * Some network file systems show every file as one user's, whoever made it: there, a directory of that user's is ours.
 * Null where nothing can be created.
 */
function ownerOfNewFiles(directory: string): number | null {
  const path = temporaryName(`${directory}/.ww-owner`)
  try {
    const { O_CREAT, O_EXCL, O_WRONLY } = constants
    const file = openSync(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
    try {
      return fstatSync(file).uid
    } finally {
      closeSync(file)
      rmSync(path, { force: true })
    }
  } catch {
    return null
  }
}
