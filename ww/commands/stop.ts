import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { steerInstance } from '../instance/steer.ts'
import { commandService } from './service.ts'

export const usage = `
Usage: ww stop [NAME [--timeout DURATION] [--no-wait]]
Stops the instance as SIGTERM does: drain, services, svcdown, and a sweep of what is left, all within
ww.stop.grace. It returns when the stop has begun; the container ends with it. A second one forces it.
With NAME it stops one service, until ww start NAME or the next restart of all services; an essential
one (ww.services.NAME.essential) is not stopped alone.
  --timeout DURATION   how long to wait for the service (default: its limit)
  --no-wait            return when the instance has accepted
Examples:
  ww stop
  ww stop && ww wait STOPPED
  ww stop exporter
`

/** Requests a stop of the instance, or of one service. */
export async function run(args: string[]): Promise<number> {
  if (args.some((word) => !word.startsWith('-'))) return commandService('stop', args)
  parseArgs({ args })
  const { ok, message } = await steerInstance(process.env, { command: 'stop' })
  if (!ok) throw new UserError(`cannot stop: ${message}`)
  process.stdout.write(`${message}\n`)
  return exitCode.ok
}
