import { statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseDuration } from '../base/duration.ts'
import { exitCode, UserError } from '../base/errors.ts'
import { formatDuration, formatLimit } from '../base/text.ts'
import { findRun } from '../config/directories.ts'
import { socketPath } from './control-address.ts'
import { requestInstance } from './control-client.ts'
import type { ControlReply, ControlRequest } from './control-message.ts'
import { Progress } from './progress.ts'
import { readStatus, type SeenStatus } from './read-status.ts'

/** How often the status is read, in milliseconds. */
const pollInterval = 50

/** States that a restart does not come back from. */
const finalStates = ['STOPPED', 'ERROR', 'HELD', 'DEAD']

/** Reads `--timeout`; a UserError says what is wrong with it. */
export function parseTimeout(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = parseDuration(text)
  if (ms !== null) return ms
  const problem = /^\d+$/.test(text) ? `has no unit; write ${text}s` : 'is not a duration; write 30s'
  throw new UserError(`--timeout: "${text}" ${problem}`, exitCode.usage)
}

/** Waits for a reply, no longer than `timeout` milliseconds where there is one; `what` names what has not ended then. */
export async function replyWithin<T>(replied: Promise<T>, timeout: number | null, what: string): Promise<T> {
  if (timeout === null) return replied
  const late = new AbortController()
  const limit = delay(timeout, undefined, { signal: late.signal }).then(() => {
    throw new UserError(`${what} has not ended after ${formatLimit(timeout)}`)
  })
  try {
    return await Promise.race([replied, limit])
  } finally {
    limit.catch(() => {})
    late.abort()
  }
}

/** Sends a request to this user's instance; a UserError says why there is no reply. */
export async function steerInstance(env: NodeJS.ProcessEnv, request: ControlRequest): Promise<ControlReply> {
  const run = findRun(env)
  let reply = await requestInstance(run, request)
  // an instance that has just begun listens soon
  for (let tries = 0; tries < 10 && 'failure' in reply && reply.failure === 'absent'; tries++) {
    if (!isRunning(run)) break
    await delay(pollInterval)
    reply = await requestInstance(run, request)
  }
  if (!('failure' in reply)) return reply
  const refusal = reply.failure === 'forbidden' ? refuseUser(run) : null
  if (refusal !== null) throw refusal
  throw new UserError(
    `cannot ${request.command}: no instance is running: ${socketPath(run)}: ${reply.reason}`,
  )
}

function isRunning(run: string): boolean {
  const seen = readStatus(run)
  return seen !== null && !finalStates.includes(seen.state)
}

/** Why another user's instance does not respond; null when the run directory is this user's, or is not there. */
export function refuseUser(run: string): UserError | null {
  const owner = ownerOf(run)
  const user = process.geteuid?.()
  if (owner === null || owner === user) return null
  return new UserError(
    `not permitted: the instance runs as user ${owner}, you are user ${user}; use docker exec --user ${owner}`,
  )
}

/** How a wait for UP ended. */
export type Awaited = { readonly up: boolean; readonly text: string }

/** Waits until a restart that has begun has led to UP, or cannot any more. */
export async function awaitUp(run: string, limit: number, quiet: boolean): Promise<Awaited> {
  const began = performance.now()
  const progress = new Progress(process.stderr, began)
  let seen: SeenStatus | null = null
  try {
    for (let waited = 0; waited < limit; waited = performance.now() - began) {
      seen = readStatus(run)
      if (seen?.state === 'UP' && seen.ready) return { up: true, text: describe(seen, waited) }
      if (seen && finalStates.includes(seen.state)) return { up: false, text: describe(seen, waited) }
      const what = `ww restart: waiting for UP: ${seen ? `${seen.state}: ${seen.reason}` : 'no status'}`
      if (!quiet) progress.report(what, formatLimit(limit), performance.now())
      await delay(pollInterval)
    }
  } finally {
    progress.end()
  }
  const state = seen ? `${seen.state}: ${seen.reason}` : 'no status'
  return { up: false, text: `not UP after ${formatLimit(limit)}: ${state}` }
}

function describe({ state, reason }: SeenStatus, waited: number): string {
  return `${state} after ${formatDuration(waited)}: ${reason}`
}

function ownerOf(run: string): number | null {
  try {
    return statSync(run).uid
  } catch {
    return null
  }
}
