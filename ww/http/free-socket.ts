import { once } from 'node:events'
import { rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'

/** Removes a unix socket that a kill -9 left behind; one that a server still answers stays, and so does any other file. */
export async function freeSocket(path: string): Promise<void> {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket()) return
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')
      rmSync(path, { force: true })
  } finally {
    socket.destroy()
  }
}
