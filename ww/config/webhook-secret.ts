/** Whether a text is a secret of Standard Webhooks: `whsec_` and at least one byte in base64. */
export function isWebhookSecret(text: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  return base64 !== undefined && base64.length % 4 === 0
}
