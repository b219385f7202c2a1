import { readFileSync } from 'node:fs'

/** Whom a process runs as. */
export type Account = { readonly uid: number; readonly gid: number }

/** A user whom a process can run as, with what else belongs to it. */
export type UserAccount = Account & {
  /** As in /etc/passwd; where it has no such number, the number itself. */
  readonly name: string
  readonly home: string
  /** The other groups that /etc/group has it in. */
  readonly groups: readonly number[]
}

/** Where users and groups are described; tests have other files. */
export type AccountFiles = { readonly passwd: string; readonly group: string }

const etc: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' }

/** Finds a user of this machine by name; null when there is none. */
export function findAccount(user: string): (Account & { readonly home: string }) | null {
  const entry = readEntries(etc).find(({ name }) => name === user)
  return entry ? { uid: entry.uid, gid: entry.gid, home: entry.home } : null
}

/**
 * Finds the user that a name, `uid` or `uid:gid` means; null for a name that does not exist. A number needs no entry:
 * without one, its group has the same number, and its home is `/`. Whoever names a group gets that one alone.
 */
export function findUser(user: string, files = etc): UserAccount | null {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? []
  const entry = readEntries(files).find((found) =>
    uid === undefined ? found.name === user : found.uid === Number(uid),
  )
  if (entry) {
    if (gid !== undefined) return { ...entry, gid: Number(gid), groups: [] }
    return { ...entry, groups: readGroups(entry.name, files).filter((group) => group !== entry.gid) }
  }
  if (uid === undefined) return null
  return { uid: Number(uid), gid: Number(gid ?? uid), name: String(Number(uid)), home: '/', groups: [] }
}

type Entry = Account & { readonly name: string; readonly home: string }

function readEntries({ passwd }: AccountFiles): Entry[] {
  const entries: Entry[] = []
  for (const line of readLines(passwd)) {
    const [name = '', , uid = '', gid = '', , home = ''] = line.split(':')
    if (name === '' || !isId(uid) || !isId(gid)) continue
    entries.push({ name, uid: Number(uid), gid: Number(gid), home: home || '/' })
  }
  return entries
}

function readGroups(user: string, { group }: AccountFiles): number[] {
  const groups = new Set<number>()
  for (const line of readLines(group)) {
    const [, , gid = '', members = ''] = line.split(':')
    if (isId(gid) && members.split(',').includes(user)) groups.add(Number(gid))
  }
  return Array.from(groups)
}

function isId(text: string): boolean {
  return /^\d+$/.test(text)
}

/** An image without users has no such files. */
function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}
