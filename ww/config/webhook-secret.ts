/** Whether a text is a secret as Standard Webhooks has it: `whsec_` and base64. */
export function isWebhookSecret(text: string): boolean {
  return /^whsec_(?=.)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
}
