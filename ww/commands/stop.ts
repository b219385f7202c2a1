import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { steerInstance } from '../instance/steer.ts'

export const usage = `
Usage: ww stop
Stops the instance as SIGTERM does: drain, services, svcdown, and a sweep of what is left, all within
ww.stop.grace. It returns when the stop has begun; the container ends with it. A second one forces it.
Examples:
  ww stop
  ww stop && ww wait STOPPED
`

/** Requests a stop. */
export async function run(args: string[]): Promise<number> {
  parseArgs({ args })
  const { ok, message } = await steerInstance(process.env, { command: 'stop' })
  if (!ok) throw new UserError(`cannot stop: ${message}`)
  process.stdout.write(`${message}\n`)
  return exitCode.ok
}
