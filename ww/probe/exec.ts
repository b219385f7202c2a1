import { sleep } from '../base/sleep.ts'
import { Session } from '../processes/session.ts'
import { spawn } from '../processes/spawn.ts'
import { type ProbeResult, probeLimit } from './result.ts'

/** How long a killed command is waited for, in milliseconds. */
const longestReap = 250

/** Whether a shell command exits with code 0; nothing of it is left running when it is late or the signal comes. */
export async function probeCommand(
  address: string,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
  ms = probeLimit,
): Promise<ProbeResult> {
  if (signal.aborted) return { ok: false, reason: 'was aborted' }
  const command = address.slice(address.indexOf(':') + 1)
  const { pid, ended } = spawn('/bin/sh', ['-c', command], { stdout: 'ignore', stderr: 'ignore', env })
  const over = new AbortController()
  const late = sleep(ms, AbortSignal.any([signal, over.signal])).then(() => null)
  const end = await Promise.race([ended, late])
  over.abort()
  if (end === null) {
    if (pid !== null) await new Session(pid, ended).kill({ abandon: AbortSignal.timeout(longestReap) })
    return { ok: false, reason: signal.aborted ? 'was aborted' : 'timed out' }
  }
  if (end.kind === 'exited') {
    return end.code === 0 ? { ok: true } : { ok: false, reason: `exited with code ${end.code}` }
  }
  return { ok: false, reason: end.kind === 'killed' ? `was killed by ${end.signal}` : end.reason }
}
