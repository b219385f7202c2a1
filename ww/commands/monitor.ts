import { parseArgs } from 'node:util'
import { exitCode } from '../base/errors.ts'
import { findRun } from '../config/directories.ts'
import { askInstance } from '../instance/socket.ts'

export const usage = `
Usage: ww monitor

Runs the monitor of the running instance now and prints its JSON. Exits 0 when it is healthy, 1 when it
is not, or when the instance is not UP.

  ww monitor | jq .connections
`

/** Asks the instance to run its monitor; the JSON goes to stdout, what is wrong to stderr. */
export async function run(args: string[]): Promise<number> {
  parseArgs({ args })
  const { ok, message, output } = await askInstance(findRun(process.env), { command: 'monitor' })
  if (output) process.stdout.write(`${output}\n`)
  if (ok && output) return exitCode.ok
  process.stderr.write(`ww monitor: ${message}\n`)
  return ok ? exitCode.ok : exitCode.failed
}
