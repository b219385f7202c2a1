import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { findRun } from '../config/directories.ts'
import { awaitUp, parseTimeout, steerInstance } from '../instance/steer.ts'
import { commandService } from './service.ts'

export const usage = `
Usage: ww restart [NAME] [--timeout DURATION] [--no-wait] [-q]
Restarts the services as SIGHUP does (drain, svcdown, svcup, warmup, monitor) and waits until the
instance is UP again. A requested restart does not count against ww.restart.limit. With NAME it
restarts one service, and waits until that is ready.
  --timeout DURATION   how long to wait (default: the limit of the restart)
  --no-wait            return when the instance has accepted; always so when called by a hook
  -q, --quiet          no progress on stderr
Examples:
  ww restart
  ww restart --timeout 2m
  ww restart exporter
Exit codes: 0 UP again, or accepted; 1 not UP, or refused.
`

/** How long to wait when the instance does not name a limit, in milliseconds. */
const defaultLimit = 300_000

/** Requests a restart of all services, or of one, and waits for its result. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      timeout: { type: 'string' },
      'no-wait': { type: 'boolean' },
      quiet: { type: 'boolean', short: 'q' },
    },
  })
  if (positionals.length > 0) return commandService('restart', args)
  const timeout = parseTimeout(values.timeout)
  const { ok, message, limitMs } = await steerInstance(process.env, { command: 'restart' })
  if (!ok) throw new UserError(`cannot restart: ${message}`)
  // a hook would wait for itself
  if (values['no-wait'] || process.env.WW_HOOK) {
    process.stdout.write(`${message}\n`)
    return exitCode.ok
  }
  const limit = timeout ?? limitMs ?? defaultLimit
  const { up, text } = await awaitUp(findRun(process.env), limit, values.quiet === true)
  if (!up) throw new UserError(text)
  process.stdout.write(`${text}\n`)
  return exitCode.ok
}
