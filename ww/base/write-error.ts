import { lstatSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './files.ts'
import { formatSize } from './text.ts'

/** Why something cannot be written, and what to do about it. */
export type WriteRefusal = { readonly path: string; readonly reason: string; readonly fix: string }

/** What to do about errors whose cause is the path, or a limit of the machine. */
const causes: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  EROFS: ['read-only file system', 'mount the volume without :ro'],
  ENOENT: ['its directory does not exist', 'create it'],
  ENOTDIR: ['a part of the path is not a directory', 'correct the path'],
  EEXIST: ['something else is there', 'remove it'],
  EISDIR: ['it is a directory', 'remove it'],
  ELOOP: ['a part of the path is a symbolic link that is not followed', 'replace it by a directory'],
  ENAMETOOLONG: ['the path is too long', 'choose a shorter one'],
  EDQUOT: ['disk quota exceeded', 'free space or raise the quota'],
  EIO: ['input/output error', 'check the disk'],
  EMFILE: ['too many open files', 'raise the limit of open files'],
  ENFILE: ['too many open files on this machine', 'raise fs.file-max'],
}

/**
 * A system error of writing as one sentence with what to do. `whenFixed` is what follows once there is space again:
 * nothing for a running instance, which tries again by itself.
 */
export function describeWriteError(path: string, error: unknown, whenFixed = ', then start again'): string {
  const { path: at, reason, fix } = explainWriteError(path, error)
  return `cannot write ${at}: ${reason}; ${fix}${codeOf(error) === 'ENOSPC' ? whenFixed : ''}`
}

/** Why a system error came from writing to this path, and what to do about it. */
export function explainWriteError(path: string, error: unknown): WriteRefusal {
  const code = codeOf(error) ?? ''
  if (code === 'ENOSPC') return explainFullDisk(path)
  if (code === 'EACCES' || code === 'EPERM') return explainDenial(path)
  const [reason, fix] = causes[code] ?? [
    error instanceof Error ? error.message : String(error),
    'check the path',
  ]
  return { path, reason, fix }
}

/** That a directory belongs to somebody else, and what to do. */
export function explainForeignOwner(path: string, owner: number): WriteRefusal {
  const user = effectiveUser()
  const reason = `it belongs to user ${owner}, the instance runs as user ${user}`
  return { path, reason, fix: `run chown -R ${user} on the volume` }
}

/** The number of the user that this process writes as. */
export function effectiveUser(): number {
  return process.geteuid?.() ?? 0
}

function explainFullDisk(path: string): WriteRefusal {
  const { value } = findNearest(path, (at) => statfsSync(at)) ?? {}
  if (!value) return { path, reason: 'no space left on device', fix: 'free space' }
  // some file systems count no inodes: then both numbers are 0
  if (value.ffree === 0 && value.files > 0)
    return { path, reason: `no inodes left on device (0 of ${value.files} free)`, fix: 'remove files' }
  const { bavail, blocks, bsize } = value
  const free = `${formatSize(bavail * bsize)} of ${formatSize(blocks * bsize)} free`
  return { path, reason: `no space left on device (${free})`, fix: 'free space' }
}

function explainDenial(path: string): WriteRefusal {
  // what refuses is the nearest that exists: the file, or the directory in which it would be created
  const nearest = findNearest(path, (at) => (at === path ? lstatSync(at) : statSync(at)))
  if (nearest === null) return { path, reason: 'permission denied', fix: 'check its owner' }
  const { path: at, value } = nearest
  if (value.uid !== effectiveUser()) return explainForeignOwner(at, value.uid)
  const mode = (value.mode & 0o7777).toString(8).padStart(4, '0')
  return (value.mode & 0o200) === 0
    ? { path: at, reason: `its mode is ${mode}`, fix: `run chmod u+w ${at}` }
    : { path: at, reason: 'permission denied', fix: 'check the mount and its security policy' }
}

/** What `read` returns for the path, or for the nearest directory above it that exists. */
function findNearest<T>(path: string, read: (path: string) => T): { path: string; value: T } | null {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { path: at, value: read(at) }
    } catch {
      if (dirname(at) === at) return null
    }
  }
}
