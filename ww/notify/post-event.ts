import type { NotifySettings } from '../config/settings.ts'
import { classifyResponse, type DeliveryResult } from './delivery.ts'
import { signEvent } from './signature.ts'

/** The most that is read of a response, in bytes: its first line says why an event was not accepted. */
const longestResponse = 64 * 1024

/** Posts one event to the receiver, once; whatever goes wrong on the way is a value. */
export async function postEvent(
  event: unknown,
  notify: NotifySettings & { readonly url: string },
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const body = stringify(event)
  if (body === null) return { kind: 'refused', why: 'it is nested too deeply' }
  try {
    const { got } = await import('../http/client.ts')
    const request = got.stream.post(notify.url, {
      body,
      headers: { 'content-type': 'application/cloudevents+json', ...(await authorise(event, body, notify)) },
      timeout: { request: notify.timeout },
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
      // a few bytes could become gigabytes
      decompress: false,
      signal,
    })
    const text = await readStart(request)
    const { statusCode = 0, headers } = request.response ?? {}
    return classifyResponse(statusCode, headers?.['retry-after'], text, Date.now())
  } catch (error) {
    return { kind: 'later', why: error instanceof Error ? error.message : String(error) }
  }
}

/** Reads a response as far as it may be read, and ends the request there. */
async function readStart(response: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    size += chunk.length
    if (size > longestResponse) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, longestResponse)
}

/** Null for what has more levels than the stack has room for: JSON.parse reads them, JSON.stringify does not. */
function stringify(event: unknown): string | null {
  try {
    return JSON.stringify(event)
  } catch {
    return null
  }
}

async function authorise(
  event: unknown,
  body: string,
  { secret, token }: NotifySettings,
): Promise<Record<string, string>> {
  const bearer: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  if (secret === null) return bearer
  const id = typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : ''
  return { ...bearer, ...(await signEvent(secret, id, body)) }
}
