import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { findRun } from '../config/directories.ts'
import { askInstance } from '../instance/socket.ts'

export const usage = `
Usage: ww stop

Stops the running instance, as SIGTERM does: drain, svcdown, and what is left is ended, all within
ww.stop.grace. It returns as soon as the instance has begun; the container ends with it.

  ww stop && ww wait STOPPED
`

/** Asks the instance to stop. */
export async function run(args: string[]): Promise<number> {
  parseArgs({ args })
  const { ok, message } = await askInstance(findRun(process.env), { command: 'stop' })
  if (!ok) throw new UserError(`cannot stop: ${message}`)
  process.stdout.write(`${message}\n`)
  return exitCode.ok
}
