import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { exitCode, UserError } from '../base/errors.ts'
import type { HttpRequest } from '../http/route.ts'

/** Who may change machines: tokens, each with the name of its bearer; without any, everybody may. */
export class Tokens {
  #digests: readonly { readonly name: string; readonly digest: Buffer }[]

  constructor(tokens: ReadonlyMap<string, string>) {
    this.#digests = [...tokens].map(([name, token]) => ({ name, digest: digestOf(token) }))
  }

  get none(): boolean {
    return this.#digests.length === 0
  }

  /** Who asks: the token's name, or the address where no token is asked for; null for a stranger. */
  bearer({ headers, address }: HttpRequest): string | null {
    if (this.none) return address === '' ? 'somebody' : address
    const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? []
    if (token === undefined) return null
    const digest = digestOf(token)
    // every token is looked at, so that the time tells nothing
    const known = this.#digests.filter((other) => timingSafeEqual(digest, other.digest))
    return known[0]?.name ?? null
  }
}

/** Reads `NAME=TOKEN` from the command line, from a file (one a line, `#` for comments) and from `WW_STATES_TOKENS`. */
export function readTokens(
  given: readonly string[],
  file: string | undefined,
  environment: string | undefined,
): Map<string, string> {
  const lines = file === undefined ? [] : readLines(file)
  const tokens = new Map<string, string>()
  for (const text of [...given, ...lines, ...(environment?.split(/[\s,]+/) ?? [])]) {
    if (text === '') continue
    const [, name, token] = /^([\w.@-]+)=(\S{8,})$/.exec(text) ?? []
    // the text itself may be a secret, and is not told
    if (name === undefined || token === undefined)
      throw new UserError(
        'a token must be NAME=TOKEN, the token of 8 characters or more: --token chef=s3cr3t-word, a line of --token-file, or WW_STATES_TOKENS',
        exitCode.usage,
      )
    tokens.set(name, token)
  }
  return tokens
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.replace(/^\s*#.*/, '').trim())
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`cannot read the tokens: ${why}`, exitCode.configuration)
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
