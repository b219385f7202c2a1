/** What became of posting an event once: delivered, refused for good, or to be tried again, at the earliest after `after`. */
export type DeliveryResult =
  | { kind: 'delivered' }
  | { kind: 'refused'; why: string }
  | { kind: 'later'; why: string; after?: number }

/** HTTP codes below 500 that may be different the next time. */
const temporary = [408, 425, 429]

/** What a receiver's response means; `now` is milliseconds since the epoch. */
export function classifyResponse(
  code: number,
  retryAfter: string | undefined,
  body: string,
  now: number,
): DeliveryResult {
  // 409: it has this event already
  if ((code >= 200 && code < 300) || code === 409) return { kind: 'delivered' }
  const why = `HTTP ${code} ${body.split('\n')[0]?.slice(0, 200) ?? ''}`.trim()
  if (code < 500 && !temporary.includes(code)) return { kind: 'refused', why }
  const after = retryAfter === undefined ? null : parseRetryAfter(retryAfter, now)
  return after === null ? { kind: 'later', why } : { kind: 'later', why, after }
}

/** Seconds or a date, to milliseconds. */
function parseRetryAfter(value: string, now: number): number | null {
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}
