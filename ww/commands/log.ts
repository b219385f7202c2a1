import { exitCode, UserError } from '../base/errors.ts'
import { runLogProcess } from '../logs/log-process.ts'

export const usage = `
Usage: ww log FORMAT DIRECTORY

Prints the output of services and hooks with time, source and stream. The instance starts it by itself where
ww.log.format is prefix or json; it is of no use on the command line.
`

/** Runs the log process of an instance; only the end of the instance, or kill -9, ends it. */
export async function run(args: string[]): Promise<number> {
  const [format, directory] = args
  if ((format !== 'prefix' && format !== 'json') || directory === undefined)
    throw new UserError('is started by the instance; set ww.log.format in CFG', exitCode.usage)
  // a signal to all processes must not end it before those whose output it prints
  for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const)
    process.on(name, () => {})
  await runLogProcess({ format, directory, isAlone: true })
  return exitCode.ok
}
