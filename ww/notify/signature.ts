import type { Webhook } from 'standardwebhooks'

/** The Standard Webhooks headers of an event; `secret` is `whsec_…`. Rejects when it is not. */
export async function signEvent(secret: string, id: string, body: string): Promise<Record<string, string>> {
  const webhook = await openWebhook(secret)
  const now = new Date()
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': webhook.sign(id, now, body),
  }
}

async function openWebhook(secret: string): Promise<Webhook> {
  const { Webhook } = await import('standardwebhooks')
  try {
    return new Webhook(secret)
  } catch {
    throw new Error('ww.notify.secret is not a Standard Webhooks secret; write "whsec_" and base64')
  }
}
