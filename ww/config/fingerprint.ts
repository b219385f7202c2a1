import { isObject, type JsonValue } from './json.ts'

/** Keys that look like those of secrets: all that is below them is left out. */
export const secretKey = /pass|pwd|secret|token|key|credential|private|auth|salt|dsn|cookie/i

/** A user and password in an address, such as `postgres://app:hunter2@db`. */
const credentials = /\/\/[^/\s]*@/

/**
 * Eight hexadecimal digits that change with the configuration, and are equal where it is, so that one sees which
 * instances run with the same. They are sent with events, and must not confirm a guess of a secret:
 * - `written` is the configuration before `{"$file"}` is read: the path counts, not what the file contains;
 * - what looks like a secret is left out, so a changed password changes nothing here;
 * - with a `key` (ww.notify.secret or ww.notify.token, which the receiver has too), others cannot confirm anything.
 */
export async function fingerprint(written: JsonValue, key: string | null): Promise<string> {
  const { createHash, createHmac } = await import('node:crypto')
  const hash = key === null ? createHash('sha256') : createHmac('sha256', key)
  return hash
    .update(`whaleware configuration\n${renderPublic(written)}`)
    .digest('hex')
    .slice(0, 8)
}

/** The configuration without secrets, as JSON with sorted keys: the order in which layers had them says nothing. */
export function renderPublic(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(renderPublic).join()}]`
  if (typeof value === 'string' && credentials.test(value)) return '"(secret)"'
  if (!isObject(value)) return JSON.stringify(value)
  const entries = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${secretKey.test(key) ? '"(secret)"' : renderPublic(item)}`)
  return `{${entries.join()}}`
}
