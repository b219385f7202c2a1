import { connect } from 'node:net'
import { describeSocketError, onFirstLine, openAddress } from './control-address.ts'
import { type ControlReply, type ControlRequest, parseReply } from './control-message.ts'

/** Why no reply came: nothing listens there, this user may not connect, or what came was no reply. */
export type RequestFailure = {
  readonly failure: 'absent' | 'forbidden' | 'unreadable'
  readonly reason: string
}

/** A reply is one line; a longer one is dropped. */
const longestReply = 16 * 1024 * 1024

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
      resolve({ failure: forbidden ? 'forbidden' : 'absent', reason: describeSocketError(error, run) })
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
