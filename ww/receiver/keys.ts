import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Webhook } from 'standardwebhooks'
import { exitCode, UserError } from '../base/errors.ts'
import type { HttpRequest } from '../http/route.ts'

/** The cookie in which a browser carries the token for reading: an event source cannot send a header. */
export const sessionCookie = 'ww_session'

/** Who may report, and who may read; without any key, everybody whom the address lets in. */
export class Keys {
  readonly #secrets: readonly Webhook[]
  readonly #tokens: readonly Buffer[]
  readonly #readers: readonly Buffer[]

  /** `keys` are Standard Webhooks secrets (`whsec_…`) or bearer tokens; throws a UserError for one that is neither. */
  constructor(keys: readonly string[], readTokens: readonly string[]) {
    const secrets = keys.filter((key) => key.startsWith('whsec_'))
    this.#secrets = secrets.map(openWebhook)
    this.#tokens = keys.filter((key) => !secrets.includes(key)).map(digestToken)
    this.#readers = readTokens.map(digestToken)
  }

  get forReporting(): boolean {
    return this.#secrets.length + this.#tokens.length > 0
  }

  get forReading(): boolean {
    return this.#readers.length > 0
  }

  /** Whether a request may report: signed with one of the secrets, or with one of the tokens. */
  mayReport({ headers, body }: Pick<HttpRequest, 'headers' | 'body'>): boolean {
    if (!this.forReporting) return true
    if (includes(this.#tokens, bearerOf(headers))) return true
    const text = body.toString('utf8')
    const signed: Record<string, string> = {}
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const value = headers[name]
      if (typeof value === 'string') signed[name] = value
    }
    return this.#secrets.some((webhook) => verifies(webhook, text, signed))
  }

  /** Whether a request may read: the token in its header, or in the cookie of a session. */
  mayRead({ headers }: Pick<HttpRequest, 'headers'>): boolean {
    if (!this.forReading) return true
    const [, cookie] = new RegExp(`(?:^|; *)${sessionCookie}=([^;]*)`).exec(headers.cookie ?? '') ?? []
    return includes(this.#readers, bearerOf(headers)) || this.isReadToken(decode(cookie))
  }

  /** Whether a request may mute and forget: where everybody may read, not everybody may do that. */
  mayOperate(request: Pick<HttpRequest, 'headers' | 'body'>): boolean {
    return this.forReading ? this.mayRead(request) : this.mayReport(request)
  }

  isReadToken(token: string | undefined): boolean {
    return includes(this.#readers, token)
  }
}

/** Reads keys from the command line, and one a line from a file (`#` for comments). */
export function readKeys(given: readonly string[], file: string | undefined): string[] {
  if (file === undefined) return [...given]
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return [
      ...given,
      ...lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')),
    ]
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`cannot read the keys: ${why}`, exitCode.configuration)
  }
}

function openWebhook(secret: string): Webhook {
  try {
    return new Webhook(secret)
  } catch {
    throw new UserError('a key that begins with whsec_ must go on in base64', exitCode.configuration)
  }
}

function verifies(webhook: Webhook, text: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(text, headers)
    return true
  } catch {
    return false
  }
}

function bearerOf({ authorization = '' }: HttpRequest['headers']): string | undefined {
  return /^Bearer +(\S.*)$/i.exec(authorization)?.[1]
}

function decode(text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function digestToken(token: string): Buffer {
  if (token.length < 8)
    throw new UserError('a key or token must have 8 characters or more', exitCode.configuration)
  return digest(token)
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function includes(digests: readonly Buffer[], token: string | undefined): boolean {
  if (token === undefined) return false
  const given = digest(token)
  // every one is looked at, so that the time tells nothing
  return digests.filter((other) => timingSafeEqual(given, other)).length > 0
}
