import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { findRun } from '../config/directories.ts'
import { awaitUp, parseTimeout, replyWithin, steerInstance } from '../instance/steer.ts'

export const usage = `
Usage: ww reload [--timeout DURATION] [--no-wait] [-q]
Reads the configuration again: CFG_FILE, a file that CFG names, the files of secrets, and the defaults of
the image. It prints what changed, and runs the hook reload with the changed key paths; without that hook
it restarts the services whose ww.services.NAME.uses has changed, or all of them where none has any.
whaleware's own schedule, monitor, timeouts and restart settings change at once, others at the next boot.
An invalid configuration changes nothing. With ww.reload.on "file" a change of a file is enough.
  --timeout DURATION   how long to wait (default: the limit of a restart)
  --no-wait            do not wait for services; always so when called by a hook
  -q, --quiet          no progress on stderr
Examples:
  ww reload
Exit codes: 0 reloaded, or nothing had changed; 1 it failed, or not UP; 78 the configuration is invalid.
`

/** How long to wait when the instance does not name a limit, in milliseconds. */
const defaultLimit = 300_000

/** Requests a reload, and prints what it changed and what came of it. */
export async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      timeout: { type: 'string' },
      'no-wait': { type: 'boolean' },
      quiet: { type: 'boolean', short: 'q' },
    },
  })
  const timeout = parseTimeout(values.timeout)
  // a hook would wait for itself
  const wait = values['no-wait'] !== true && !process.env.WW_HOOK
  const replied = steerInstance(process.env, { command: 'reload', wait })
  const reply = await replyWithin(replied, timeout, 'the reload')
  const { ok, message, output, invalid, restarting, limitMs } = reply
  if (invalid) {
    const lines = [...message.split('\n'), 'invalid configuration, nothing was changed']
    process.stderr.write(lines.map((line) => `ww reload: ${line}\n`).join(''))
    return exitCode.configuration
  }
  if (output) process.stdout.write(`${output}\n`)
  if (!ok) throw new UserError(message)
  if (!restarting || !wait) {
    process.stdout.write(`${message}\n`)
    return exitCode.ok
  }
  const { up, text } = await awaitUp(
    findRun(process.env),
    timeout ?? limitMs ?? defaultLimit,
    values.quiet === true,
  )
  if (!up) throw new UserError(text)
  process.stdout.write(`restarted all services: ${text}\n`)
  return exitCode.ok
}
