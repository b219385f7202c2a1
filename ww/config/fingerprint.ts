import type { JsonObject } from './json.ts'

/**
 * Eight hexadecimal digits that change when the configuration does, so that one sees which instances run with the
 * same. A checksum and no more: from it nobody can confirm a guess of the secrets in there.
 */
export async function fingerprint(config: JsonObject): Promise<string> {
  const { crc32 } = await import('node:zlib')
  return crc32(JSON.stringify(config)).toString(16).padStart(8, '0')
}
