import { type ClientRequest, get as getHttp, Agent as HttpAgent } from 'node:http'
import { get as getHttps, Agent as HttpsAgent } from 'node:https'
import type { Ping } from './target/judge.ts'

// a connection is kept between two pings: a thousand targets a second cost little then
const http = new HttpAgent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
const https = new HttpsAgent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })

/** Asks a URL once by GET, reading no more than the status; what went wrong is told, never thrown. */
export async function ping(url: string, limit: number, signal: AbortSignal): Promise<Ping> {
  const began = performance.now()
  const finish = (code: number | null, what: string, refused = false): Ping => ({
    code,
    refused,
    what,
    ms: Math.round((performance.now() - began) * 10) / 10,
    at: Date.now(),
  })
  const { request, answer } = ask(url)
  const give = (): void => void request.destroy(new Error('given up'))
  const late = setTimeout(give, limit)
  signal.addEventListener('abort', give)
  try {
    const code = await answer
    return finish(code, String(code))
  } catch (error) {
    // the other side may close a kept connection in the moment in which it is used again
    if (request.reusedSocket && codeOf(error) === 'ECONNRESET') {
      const rest = await ping(url, Math.max(1, limit - (performance.now() - began)), signal)
      return { ...rest, ms: finish(null, '').ms }
    }
    if (codeOf(error) === 'ECONNREFUSED') return finish(null, 'connection refused', true)
    const timely = performance.now() - began < limit
    return finish(null, timely ? describe(error) : `no answer within ${limit / 1000} s`)
  } finally {
    clearTimeout(late)
    signal.removeEventListener('abort', give)
  }
}

function ask(url: string): { request: ClientRequest; answer: Promise<number> } {
  const { promise: answer, resolve, reject } = Promise.withResolvers<number>()
  const isSecure = url.startsWith('https:')
  const options = { agent: isSecure ? https : http, headers: { accept: '*/*' } }
  const request = (isSecure ? getHttps : getHttp)(url, options, (response) => {
    response.on('error', () => {}).resume()
    resolve(response.statusCode ?? 0)
  })
  request.on('error', reject)
  return { request, answer }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function describe(error: unknown): string {
  return error instanceof Error ? (codeOf(error) ?? error.message) : String(error)
}
