import { chmodSync, closeSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type ControlReply, type ControlRequest, parseReply, parseRequest } from './control-message.ts'

/** The control socket of a running instance. */
export type ControlServer = { close(): void }

/** Why no reply came: nothing listens there, this user may not connect, or what came was no reply. */
export type RequestFailure = {
  readonly failure: 'absent' | 'forbidden' | 'unreadable'
  readonly reason: string
}

/** A request and its reply are one line each; a longer one is dropped. */
const longestRequest = 64 * 1024
const longestReply = 16 * 1024 * 1024

/** A client that sends no line is dropped after this many milliseconds. */
const clientTimeout = 10_000

/** What a path of a socket may have in bytes; the kernel's limit, less the closing zero. */
const longestPath = 107

/**
 * Responds to requests on the instance's socket; only its own user and root can connect. It never rejects: without
 * the socket there is one warning, and the instance continues.
 */
export async function serveControl(
  run: string,
  respond: (request: ControlRequest) => Promise<ControlReply>,
  warn: (line: string) => void,
): Promise<ControlServer> {
  const server = createServer((socket) => serveClient(socket, respond))
  let warned = false
  const fail = (reason: string): void => {
    if (!warned)
      warn(`cannot listen on ${socketPath(run)}: ${reason}; ww restart, stop and monitor do not work`)
    warned = true
  }
  const address = openAddress(run)
  await listen(server, run, address.path).catch((error: unknown) => fail(describe(error, run)))
  server.on('error', (error) => fail(describe(error, run)))
  server.unref()
  return {
    close() {
      // what was not bound cannot be closed
      if (server.listening) server.close()
      address.close()
    },
  }
}

/** Sends a request to the running instance; a failure is a value. */
export function requestInstance(
  run: string,
  request: ControlRequest,
): Promise<ControlReply | RequestFailure> {
  const address = openAddress(run)
  return new Promise<ControlReply | RequestFailure>((resolve) => {
    const socket = connect(address.path, () => socket.write(`${JSON.stringify(request)}\n`))
    socket.on('error', (error) => {
      const forbidden = 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
      resolve({ failure: forbidden ? 'forbidden' : 'absent', reason: describe(error, run) })
    })
    onFirstLine(socket, longestReply, (line) => {
      const reply = line === null ? null : parseReply(line)
      resolve(reply ?? { failure: 'unreadable', reason: 'the reply is not one of this version' })
      socket.destroy()
    })
    // after a reply this does nothing any more
    socket.once('close', () => resolve({ failure: 'absent', reason: 'it ended before it replied' }))
  }).finally(() => address.close())
}

/** Where the socket is. */
export function socketPath(run: string): string {
  return `${run}/control.sock`
}

function serveClient(socket: Socket, respond: (request: ControlRequest) => Promise<ControlReply>): void {
  const drop = (): void => void socket.destroy()
  // a client that goes away is no error of ours
  socket.on('error', drop)
  const timer = setTimeout(drop, clientTimeout).unref()
  socket.once('close', () => clearTimeout(timer))
  onFirstLine(socket, longestRequest, async (line) => {
    clearTimeout(timer)
    if (line === null) return drop()
    const request = parseRequest(line)
    const reply = request
      ? await respond(request)
      : { ok: false, message: 'the request is not one of this version' }
    socket.end(`${JSON.stringify(reply)}\n`)
  })
}

/** Calls `take` once, with the first line, or with null when it is longer than `limit`. */
function onFirstLine(socket: Socket, limit: number, take: (line: string | null) => void): void {
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

async function listen(server: Server, run: string, path: string): Promise<void> {
  // of an earlier boot: the run directory is this instance's alone
  rmSync(socketPath(run), { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
  // nobody else can have connected meanwhile: the directory is private
  chmodSync(socketPath(run), 0o600)
}

/** A path too long for a socket is shortened through a descriptor of its directory. */
function openAddress(run: string): { readonly path: string; close(): void } {
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

function describe(error: unknown, run: string): string {
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
