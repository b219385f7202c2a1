import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { formatDuration } from '../base/text.ts'
import { parseAddress } from '../config/address-kind.ts'
import { parseTimeout } from '../instance/steer.ts'
import { probe } from '../probe/probe.ts'
import { probeLimit } from '../probe/result.ts'

export const usage = `
Usage: ww probe ADDRESS [--timeout DURATION]
Examines once whether something responds, so that an image needs no curl for it. ADDRESS is one of

  tcp:HOST:PORT    a port that accepts connections, also tcp://HOST:PORT; tcp:PORT is on this machine
  http://…         a URL that responds with a status of 200 to 299, also https://…
  file:PATH        a file or directory that exists
  exec:COMMAND     a shell command that exits with code 0

  --timeout DURATION   how long it may take (default: 5s)
Examples:
  ww probe tcp:5432
  ww probe http://localhost:8080/health --timeout 2s
Exit codes: 0 it responds, 1 it does not.
`

/** Probes one address; how it responded is printed on stdout, why it did not on stderr. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { timeout: { type: 'string' } },
    allowPositionals: true,
  })
  const [address, ...more] = positionals
  if (address === undefined || more.length > 0)
    throw new UserError('takes one ADDRESS; see ww probe --help', exitCode.usage)
  const ms = readTimeout(values.timeout)
  const parsed = parseAddress(address)
  if (parsed.kind === 'wrong') {
    const fix = parsed.fix === undefined ? '' : `; ${parsed.fix}`
    throw new UserError(`"${address}" ${parsed.problem}${fix}`, exitCode.usage)
  }
  // what it takes to load is no part of its time
  if (parsed.kind === 'tcp' || parsed.kind === 'http') await import('node:net')
  const began = performance.now()
  const result = await probe(address, { signal: new AbortController().signal, env: process.env, ms })
  const took = formatDuration(performance.now() - began)
  if (!result.ok) throw new UserError(`${address}: ${result.reason} (${took})`)
  process.stdout.write(`${address}: ${result.what} in ${took}\n`)
  return exitCode.ok
}

function readTimeout(text: string | undefined): number {
  const ms = parseTimeout(text)
  if (ms === null) return probeLimit
  // a longer one would be over at once: timers count in 31 bits
  if (ms > 0 && ms <= 24 * 86_400_000) return ms
  throw new UserError(`--timeout: "${text}" must be greater than 0 and at most 24d`, exitCode.usage)
}
