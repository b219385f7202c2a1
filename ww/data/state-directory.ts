import { makeDirectory } from '../base/files.ts'
import { claimDirectory } from '../base/private-directory.ts'
import { describeWriteError, explainWriteError, type WriteRefusal } from '../base/write-error.ts'

/** Makes whaleware's own directory in /data, private to this user; otherwise says why it could not. */
export function claimState(data: string): string | null {
  try {
    makeDirectory(data)
  } catch (error) {
    return describeWriteError(data, error)
  }
  const refusal = claimDirectory(`${data}/.ww`)
  return refusal && formatRefusal(refusal)
}

/** Makes a directory below `.ww` in a base directory, both private to this user; otherwise why that failed. */
export function claimBelow(base: string, name: string): WriteRefusal | null {
  try {
    makeDirectory(base)
  } catch (error) {
    return explainWriteError(base, error)
  }
  return claimDirectory(`${base}/.ww`) ?? claimDirectory(`${base}/.ww/${name}`)
}

/** A refusal as one sentence. */
export function formatRefusal({ path, reason, fix }: WriteRefusal): string {
  return `cannot write ${path}: ${reason}; ${fix}`
}
