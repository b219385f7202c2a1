import { closeSync, openSync } from 'node:fs'
import type { Socket } from 'node:net'

/** What a path of a socket may have in bytes; the kernel's limit, less the closing zero. */
const longestPath = 107

/** Where the socket is. */
export function socketPath(run: string): string {
  return `${run}/control.sock`
}

/** A path too long for a socket is shortened through a descriptor of its directory. */
export function openAddress(run: string): { readonly path: string; close(): void } {
  const path = socketPath(run)
  const direct = { path, close() {} }
  if (Buffer.byteLength(path) <= longestPath) return direct
  try {
    let directory: number | null = openSync(run, 'r')
    return {
      path: `/proc/self/fd/${directory}/control.sock`,
      close() {
        if (directory !== null) closeSync(directory)
        directory = null
      },
    }
  } catch {
    return direct
  }
}

/** A failure of the socket in words. */
export function describeSocketError(error: unknown, run: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EINVAL' && Buffer.byteLength(socketPath(run)) > longestPath)
    return `path is longer than ${longestPath} bytes`
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ECONNREFUSED: 'nothing listens there',
  EACCES: 'permission denied',
  EPERM: 'the file system has no sockets',
  EOPNOTSUPP: 'the file system has no sockets',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EADDRINUSE: 'another process listens there',
}

/** Calls `take` once, with the first line, or with null when it is longer than `limit`. */
export function onFirstLine(socket: Socket, limit: number, take: (line: string | null) => void): void {
  let text = ''
  let taken = false
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    if (taken) return
    text += chunk
    const end = text.indexOf('\n')
    taken = end >= 0 || text.length > limit
    if (taken) take(end >= 0 && end <= limit ? text.slice(0, end) : null)
  })
}
