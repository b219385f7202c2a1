import type { Socket } from 'node:net'
import type { Bound } from './bound.ts'
import { explainFailure, type ProbeResult } from './result.ts'

/** Whether a port accepts connections; one of this machine may do so in either version of IP. */
export async function probePort(
  { host, port }: { readonly host: string; readonly port: number },
  bound: Bound,
): Promise<ProbeResult> {
  if (host !== 'localhost') return connectTo(host, port, bound)
  // to look the name up would take a thread and more than 1 MB, and needs a file that an image may not have
  const result = await connectTo('127.0.0.1', port, bound)
  if (result.ok || bound.signal.aborted) return result
  const other = await connectTo('::1', port, bound)
  return other.ok ? other : result
}

async function connectTo(host: string, port: number, bound: Bound): Promise<ProbeResult> {
  const { connect } = await import('node:net')
  return watchSocket(connect({ host, port }), bound, (socket, settle) => {
    socket.on('connect', () => settle({ ok: true, what: 'connected' }))
  })
}

/** What is known of a connection; with `linger` it is left open, for the rest of a response. */
type Settle = (result: ProbeResult, linger?: 'linger') => void

/** Resolves with what `listen` makes of a connection, or with why there is none, and closes it. */
export function watchSocket(
  socket: Socket,
  bound: Bound,
  listen: (socket: Socket, settle: Settle) => void,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const settle: Settle = (result, linger) => {
      bound.signal.removeEventListener('abort', abort)
      if (linger === undefined) socket.destroy()
      // the first result counts
      resolve(result)
    }
    const abort = (): void => settle({ ok: false, reason: bound.reason })
    bound.signal.addEventListener('abort', abort)
    // also after it was settled: a connection that was closed here may still report how it failed
    socket.on('error', (error) => settle(explainFailure(error)))
    socket.on('close', () => settle({ ok: false, reason: 'connection closed' }))
    listen(socket, settle)
    if (bound.signal.aborted) abort()
  })
}
