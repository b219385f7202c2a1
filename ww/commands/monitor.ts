import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { formatLimit } from '../base/text.ts'
import { parseTimeout, steerInstance } from '../instance/steer.ts'

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
  const { ok, message, output } = await (timeout === null ? replied : within(replied, timeout))
  if (output?.trim()) process.stdout.write(`${output.trimEnd()}\n`)
  if (!ok) throw new UserError(message)
  if (!output?.trim()) process.stderr.write(`ww monitor: ${message}\n`)
  return exitCode.ok
}

async function within<T>(replied: Promise<T>, timeout: number): Promise<T> {
  const late = new AbortController()
  const limit = delay(timeout, undefined, { signal: late.signal }).then(() => {
    throw new UserError(`the monitor has not ended after ${formatLimit(timeout)}`)
  })
  try {
    return await Promise.race([replied, limit])
  } finally {
    limit.catch(() => {})
    late.abort()
  }
}
