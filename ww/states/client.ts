import { randomUUID } from 'node:crypto'
import { exitCode, UserError } from '../base/errors.ts'

/** A question to the service: which machine and state, and how long to ask, in milliseconds. */
export type Question = {
  /** The service, or one of its machines: `http://host:5000`, `http://host:5000/machines/NAME`. */
  readonly url: string
  readonly state: string
  readonly limit: number
}

/** How long one GET is held, in milliseconds. */
const held = 30_000

/** How long one PUT may take, in milliseconds. */
const attempt = 10_000

/** Between two attempts, in milliseconds. */
const pause = 500

/** Waits until a state is current, through restarts of the service. Resolves with null, or why it came to nothing. */
export async function waitForState({ url, state, limit }: Question): Promise<string | null> {
  const { got } = await import('../http/client.ts')
  const end = performance.now() + limit
  let reason = 'it was not asked'
  for (let left = limit; left > 0; left = end - performance.now()) {
    const wait = Math.ceil(Math.min(left, held))
    const asked = performance.now()
    try {
      const { statusCode, body } = await got(addressOf(url), {
        searchParams: { state, wait: `${wait}ms` },
        throwHttpErrors: false,
        retry: { limit: 0 },
        timeout: { request: wait + 5000 },
      })
      if (statusCode === 200) return null
      reason = messageOf(statusCode, body)
      // one that holds no answer, such as StateService, is not asked again at once
      if (statusCode === 406 && performance.now() - asked >= wait) continue
      if (isFinal(statusCode)) return reason
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
    await pauseBefore(end)
  }
  return reason
}

/** How a state is said to be done. */
export type Report = Question & {
  readonly event?: string | undefined
  readonly key?: string | undefined
  readonly token?: string | undefined
}

/** Says that a state is done; a lost answer is asked for again, and counts once. Resolves with null, or why not. */
export async function reportDone(report: Report): Promise<string | null> {
  const { got } = await import('../http/client.ts')
  const { url, state, event, token, key = randomUUID() } = report
  const end = performance.now() + report.limit
  let reason = 'it was not said'
  for (let left = report.limit; left > 0; left = end - performance.now()) {
    try {
      const { statusCode, body } = await got.put(addressOf(url), {
        searchParams: { state, ...(event !== undefined && { event }) },
        headers: { 'idempotency-key': key, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        throwHttpErrors: false,
        retry: { limit: 0 },
        timeout: { request: Math.ceil(Math.min(left, attempt)) },
      })
      if (statusCode === 200) return null
      reason = messageOf(statusCode, body)
      if (statusCode !== 503 && statusCode !== 502 && statusCode !== 504) return reason
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
    await pauseBefore(end)
  }
  return reason
}

/** A wrong question stays wrong; a machine that isn't there may be made yet, and a gateway may find its service. */
function isFinal(status: number): boolean {
  return status === 400 || status === 401 || status === 403 || status === 500
}

function addressOf(url: string): string {
  const text = url.includes('://') ? url : `http://${url}`
  if (!URL.canParse(text)) throw new UserError(`"${url}" is no URL`, exitCode.usage)
  const address = new URL(text)
  const path = address.pathname.replace(/\/+$/, '')
  address.pathname = path.endsWith('/state') ? path : `${path}/state`
  return address.href
}

/** The message of an error as the service sends it; what another server sends, in short. */
function messageOf(status: number, body: string): string {
  try {
    const { error } = JSON.parse(body)
    return String(error.message)
  } catch {
    return `the answer was ${status} ${body.slice(0, 200)}`.replaceAll(/\s+/g, ' ').trim()
  }
}

function pauseBefore(end: number): Promise<void> {
  const time = Math.max(0, Math.min(pause, end - performance.now()))
  return new Promise((resolve) => setTimeout(resolve, time))
}
