import type { NotifySettings } from '../config/settings.ts'
import { classifyResponse, type DeliveryResult } from './delivery.ts'
import { signEvent } from './signature.ts'

/** Posts one event to the receiver, once; whatever goes wrong on the way is a reason to try again later. */
export async function postEvent(
  event: unknown,
  notify: NotifySettings & { readonly url: string },
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const body = JSON.stringify(event)
  try {
    const { got } = await import('../http/client.ts')
    const response = await got.post(notify.url, {
      body,
      headers: { 'content-type': 'application/cloudevents+json', ...(await authorise(event, body, notify)) },
      timeout: { request: notify.timeout },
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
      signal,
    })
    return classifyResponse(response.statusCode, response.headers['retry-after'], response.body, Date.now())
  } catch (error) {
    return { kind: 'later', why: error instanceof Error ? error.message : String(error) }
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
