import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { listProcesses, type Process } from './list.ts'

/** The state of a socket that listens, as /proc/net/tcp writes it. */
const listening = '0A'

/** The sockets that listen on a port of this machine, by inode; empty when nobody does. */
export function findListeners(port: number): Set<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => readLines(path).slice(1))
  const inodes = lines.flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    return state === listening && local.endsWith(`:${hex}`) ? [inode] : []
  })
  return new Set(inodes)
}

/** The process that has one of these sockets open; null when it is one that this user cannot see. */
export function findOwner(inodes: ReadonlySet<string>): Process | null {
  return listProcesses().find(({ pid }) => openSockets(pid).some((inode) => inodes.has(inode))) ?? null
}

function openSockets(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
      } catch {
        // closed meanwhile
        return []
      }
    })
  } catch {
    // gone, or another user's
    return []
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n')
  } catch {
    // no IPv6
    return []
  }
}
