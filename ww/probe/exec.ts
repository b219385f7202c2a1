import { sleep } from '../base/sleep.ts'
import { Session } from '../processes/session.ts'
import { spawn } from '../processes/spawn.ts'
import { startAs } from '../processes/start-as.ts'
import type { Bound } from './bound.ts'
import type { ProbeOptions, ProbeResult } from './result.ts'

/** How long a killed command is waited for, in milliseconds. */
const longestReap = 250

/** Far more than any bound. */
const forever = 2 ** 30

/** Whether a shell command exits with code 0; nothing of it is left running when it has ended or was ended. */
export async function probeCommand(
  command: string,
  bound: Bound,
  { env, cwd, user }: Pick<ProbeOptions, 'env' | 'cwd' | 'user'>,
): Promise<ProbeResult> {
  const shell = ['/bin/sh', '-c', command] as const
  const start =
    user === undefined ? { words: shell, account: null } : startAs('/bin/sh', shell.slice(1), user)
  const [file, ...args] = start.words
  const { pid, ended } = spawn(file, args, {
    ...{ stdout: 'ignore', stderr: 'ignore', env },
    ...(cwd === undefined ? {} : { cwd }),
    ...start.account,
  })
  const session = pid === null ? null : new Session(pid, ended)
  const over = new AbortController()
  const stop = (): void => over.abort()
  bound.signal.addEventListener('abort', stop)
  const end = await Promise.race([ended, sleep(forever, over.signal).then(() => null)])
  bound.signal.removeEventListener('abort', stop)
  stop()
  // it is repeated for as long as the service runs: what it leaves behind would add up
  if (session !== null && !session.isGone()) await session.kill({ abandon: AbortSignal.timeout(longestReap) })
  if (end === null) return { ok: false, reason: bound.reason }
  if (end.kind === 'unrunnable') {
    return { ok: false, reason: end.reason, ...(end.temporary ? { isShortage: true } : {}) }
  }
  if (end.kind === 'killed') return { ok: false, reason: `was killed by ${end.signal}` }
  const what = `exited with code ${end.code}`
  return end.code === 0 ? { ok: true, what } : { ok: false, reason: what }
}
