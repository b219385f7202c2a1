import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { describeSocketError, onFirstLine, openAddress, socketPath } from './control-address.ts'
import { type ControlReply, type ControlRequest, parseRequest } from './control-message.ts'

/** The control socket of a running instance. */
export type ControlServer = { close(): void }

/** A request is one line; a longer one is dropped. */
const longestRequest = 64 * 1024

/** A client that sends no line is dropped after this many milliseconds. */
const clientTimeout = 10_000

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
  await listen(server, run, address.path).catch((error: unknown) => fail(describeSocketError(error, run)))
  server.on('error', (error) => fail(describeSocketError(error, run)))
  server.unref()
  return {
    close() {
      // what was not bound cannot be closed
      if (server.listening) server.close()
      address.close()
    },
  }
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
