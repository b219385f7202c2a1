import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { UserError } from '../base/errors.ts'

/** What can be asked of a running instance. */
export type ControlRequest = { readonly command: 'restart' | 'stop' | 'monitor' }

/** What it answers: whether it does so, a sentence, and for `monitor` what the monitor printed. */
export type ControlReply = { readonly ok: boolean; readonly message: string; readonly output?: string }

/** Answers requests on the instance's socket, one JSON object a line each way; only its own user and root may ask. */
export function serveControl(run: string, answer: (command: string) => Promise<ControlReply>): Server {
  const path = socketPath(run)
  rmSync(path, { force: true })
  const server = createServer((socket) => {
    // a client that goes away is no error of ours
    socket.on('error', () => socket.destroy())
    onFirstLine(socket, async (line) => socket.end(`${JSON.stringify(await answer(commandOf(line)))}\n`))
  })
  const umask = process.umask(0o177)
  server.listen(path)
  process.umask(umask)
  return server.unref()
}

/** Asks the running instance; throws a UserError when none answers. */
export function askInstance(run: string, request: ControlRequest): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    const nobody = (cause?: Error): void =>
      reject(
        new UserError(
          `cannot ${request.command}: no instance answers at ${socketPath(run)}; is one running?`,
          1,
          { cause },
        ),
      )
    const socket = connect(socketPath(run), () => socket.write(`${JSON.stringify(request)}\n`))
    socket.on('error', nobody)
    onFirstLine(socket, (line) => {
      resolve(parseReply(line))
      socket.destroy()
    })
    // after an answer this does nothing any more
    socket.once('close', () => nobody())
  })
}

function onFirstLine(socket: Socket, take: (line: string) => void): void {
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const isFirst = !text.includes('\n')
    text += chunk
    if (isFirst && text.includes('\n')) take(text.slice(0, text.indexOf('\n')))
  })
}

function socketPath(run: string): string {
  return `${run}/control.sock`
}

function commandOf(line: string): string {
  try {
    const request: unknown = JSON.parse(line)
    if (typeof request === 'object' && request !== null && 'command' in request)
      return String(request.command)
  } catch {
    // not JSON: an unknown command
  }
  return ''
}

function parseReply(line: string): ControlReply {
  const reply: unknown = JSON.parse(line)
  if (typeof reply !== 'object' || reply === null || !('ok' in reply) || !('message' in reply)) {
    throw new UserError(`cannot understand the instance's answer: ${line}`)
  }
  return {
    ok: reply.ok === true,
    message: String(reply.message),
    ...('output' in reply ? { output: String(reply.output) } : {}),
  }
}
