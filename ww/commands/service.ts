import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { parseTimeout, replyWithin, steerInstance } from '../instance/steer.ts'
import type { ServiceVerb } from '../lifecycle/service-command.ts'

/** Requests something of one service of the running instance, and prints what became of it. */
export async function commandService(verb: ServiceVerb, args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      timeout: { type: 'string' },
      'no-wait': { type: 'boolean' },
      quiet: { type: 'boolean', short: 'q' },
    },
  })
  const [service, more] = positionals
  if (service === undefined || more !== undefined)
    throw new UserError(`needs the name of one service; ww status lists the services`, exitCode.usage)
  const timeout = parseTimeout(values.timeout)
  // a hook would wait for itself
  const wait = values['no-wait'] !== true && !process.env.WW_HOOK
  const replied = steerInstance(process.env, { command: verb, service, wait })
  const { ok, message, unknown } = await replyWithin(replied, timeout, `the ${verb} of ${service}`)
  if (!ok) throw new UserError(message, unknown ? exitCode.usage : exitCode.failed)
  process.stdout.write(`${message}\n`)
  return exitCode.ok
}
