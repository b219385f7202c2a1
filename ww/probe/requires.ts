import { existsSync } from 'node:fs'
import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import { endGroup } from '../processes/group.ts'
import { spawn } from '../processes/spawn.ts'

/** Milliseconds between two looks at what is missing, for one look, and between two lines in the log. */
const pace = { between: 500, look: 5000, log: 5000 }

/**
 * Waits until everything required answers: `tcp://host:port`, `http(s)://…` (any 2xx), `file:/path`, `exec:command`.
 * Null when all of it does, or when aborted; after `limit` milliseconds a sentence that names what is missing.
 */
export async function awaitRequired(
  requires: readonly string[],
  limit: number,
  signal: AbortSignal,
  { log, env }: { log: Log; env: NodeJS.ProcessEnv },
): Promise<string | null> {
  const deadline = performance.now() + limit
  let missing = [...requires]
  let nextLine = 0
  while (missing.length > 0 && !signal.aborted) {
    const answers = await Promise.all(missing.map((required) => probe(required, signal, env)))
    missing = missing.filter((_, index) => !answers[index])
    if (missing.length === 0) break
    const now = performance.now()
    if (now >= deadline)
      return `gave up waiting for ${missing.join(', ')} after ${limit / 1000} s (ww.requires_timeout)`
    if (now >= nextLine) {
      log.info(`waiting for ${missing.join(', ')} (ww.requires)`)
      nextLine = now + pace.log
    }
    await sleep(Math.min(pace.between, deadline - now), signal)
  }
  return null
}

/** Whether one required thing is there, looked at once. */
export async function probe(required: string, signal: AbortSignal, env: NodeJS.ProcessEnv): Promise<boolean> {
  const colon = required.indexOf(':')
  const [scheme, rest] = [required.slice(0, colon), required.slice(colon + 1)]
  if (scheme === 'file') return existsSync(rest)
  if (scheme === 'exec') return probeCommand(rest, signal, env)
  if (scheme === 'tcp') return probePort(new URL(required), signal)
  return probeHttp(required, signal)
}

async function probePort({ hostname, port }: URL, signal: AbortSignal): Promise<boolean> {
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      signal,
      timeout: pace.look,
    })
    const answer = (open: boolean) => (): void => {
      socket.destroy()
      resolve(open)
    }
    socket.on('connect', answer(true)).on('error', answer(false)).on('timeout', answer(false))
  })
}

async function probeHttp(url: string, signal: AbortSignal): Promise<boolean> {
  const { got } = await import('../http/client.ts')
  try {
    const { ok } = await got(url, {
      signal,
      retry: { limit: 0 },
      timeout: { request: pace.look },
      throwHttpErrors: false,
    })
    return ok
  } catch {
    return false
  }
}

async function probeCommand(command: string, signal: AbortSignal, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { group, ended } = spawn('/bin/sh', ['-c', command], { stdout: 'ignore', stderr: 'ignore', env })
  const over = new AbortController()
  const late = sleep(pace.look, AbortSignal.any([signal, over.signal])).then(() => null)
  const end = await Promise.race([ended, late])
  over.abort()
  if (end === null && group !== undefined) await endGroup(group, 'SIGKILL', 0, signal)
  return end?.exitCode === 0
}
