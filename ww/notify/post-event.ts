import type { NotifySettings } from '../config/settings.ts'
import { type Attempt, judgeAnswer } from './delivery.ts'
import { signEvent } from './signature.ts'

/** Posts one event to the receiver, once; whatever goes wrong is an attempt to be made again. */
export async function postEvent(
  event: unknown,
  notify: NotifySettings & { readonly url: string },
  signal: AbortSignal,
): Promise<Attempt> {
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
    return judgeAnswer(response.statusCode, response.headers['retry-after'], response.body, Date.now())
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
