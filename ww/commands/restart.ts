import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { findRun } from '../config/directories.ts'
import { askInstance } from '../instance/socket.ts'

export const usage = `
Usage: ww restart

Restarts the services of the running instance, as SIGHUP does: drain, svcdown, svcup. It returns as soon
as the instance has begun; a restart that was asked for does not count against ww.restart.limit.

  ww restart && ww wait UP --timeout 2m
`

/** Asks the instance to restart its services. */
export async function run(args: string[]): Promise<number> {
  parseArgs({ args })
  const { ok, message } = await askInstance(findRun(process.env), { command: 'restart' })
  if (!ok) throw new UserError(`cannot restart: ${message}`)
  process.stdout.write(`${message}\n`)
  return exitCode.ok
}
