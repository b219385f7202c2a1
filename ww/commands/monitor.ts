import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { parseTimeout, replyWithin, steerInstance } from '../instance/steer.ts'

export const usage = `
Usage: ww monitor [--timeout DURATION] [--no-wait]
Runs the monitor of the running instance now and prints its JSON.
  --timeout DURATION   how long to wait (default: the limit of the monitor)
  --no-wait            return when the instance has accepted
Examples:
  ww monitor | jq .connections
Exit codes: 0 healthy, or accepted; 1 not healthy, or not UP.
`

/** Requests a run of the monitor; its JSON is printed on stdout, what is wrong on stderr. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { timeout: { type: 'string' }, 'no-wait': { type: 'boolean' } },
  })
  const timeout = parseTimeout(values.timeout)
  const wait = values['no-wait'] !== true
  const replied = steerInstance(process.env, { command: 'monitor', wait })
  // the instance itself bounds it by the limit of the monitor
  const { ok, message, output } = await replyWithin(replied, timeout, 'the monitor')
  if (output?.trim()) process.stdout.write(`${output.trimEnd()}\n`)
  if (!ok) throw new UserError(message)
  if (!output?.trim()) process.stderr.write(`ww monitor: ${message}\n`)
  return exitCode.ok
}
