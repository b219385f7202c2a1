import { readFileSync } from 'node:fs'

/** Whom a process runs as. */
export type Account = { readonly uid: number; readonly gid: number }

/** Finds a user of this machine by name; null when there is none. */
export function findAccount(user: string): (Account & { readonly home: string }) | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid, , home = '/'] = line.split(':')
    if (name === user) return { uid: Number(uid), gid: Number(gid), home }
  }
  return null
}
