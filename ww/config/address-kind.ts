import type { JsonValue } from './json.ts'
import type { Kind } from './setting-kinds.ts'
import { mustBe, show, Wrong } from './wrong.ts'

/** What can be probed: a port, a URL, a file or a command. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'http'; readonly url: URL }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'exec'; readonly command: string }

/** Why a text is no address, as the rest of a sentence that begins with it, and what to write instead. */
export type NoAddress = { readonly kind: 'wrong'; readonly problem: string; readonly fix?: string }

const forms = 'tcp:HOST:PORT, http://…, file:/path or exec:command'

/** What JSON Schema can check of an address. */
export const addressSchema = {
  type: 'string',
  pattern:
    '^([tT][cC][pP]:(//)?(.+:)?\\d+/?|[hH][tT][tT][pP][sS]?://.+|[fF][iI][lL][eE]:.+|[eE][xX][eE][cC]:.*\\S.*)$',
}

/** An address that can be probed. */
export const address: Kind<string> = {
  read(value) {
    if (typeof value !== 'string') return mustBe(`must be ${forms}`, value)
    const parsed = parseAddress(value)
    return parsed.kind === 'wrong' ? explain(parsed, value) : value
  },
  schema: addressSchema,
}

/**
 * Reads an address: `tcp:HOST:PORT`, `tcp://HOST:PORT`, `tcp:PORT` of this machine, `http://…`, `https://…`,
 * `file:/path`, or `exec:` and a shell command.
 */
export function parseAddress(text: string): Address | NoAddress {
  const colon = text.indexOf(':')
  const rest = text.slice(colon + 1)
  switch (text.slice(0, Math.max(0, colon)).toLowerCase()) {
    case 'tcp':
      return parsePort(rest)
    case 'http':
    case 'https':
      return parseUrl(text)
    case 'file': {
      const path = rest.replace(/^\/\/(?=\/)/, '')
      return path === '' ? wrong('has no path', 'file:/path') : { kind: 'file', path }
    }
    case 'exec':
      return rest.trim() === '' ? wrong('has no command', 'exec:command') : { kind: 'exec', command: rest }
  }
  if (/^([^\s:/]+:)?\d+$/.test(text)) return wrong('has no kind', `tcp:${text}`)
  return text.startsWith('/') ? wrong('has no kind', `file:${text}`) : wrong(`is not ${forms}`)
}

function parsePort(rest: string): Address | NoAddress {
  const words = rest.replace(/^\/\//, '').replace(/\/$/, '')
  const [, host = '', digits] = /^(?:(.*):)?([^:\]]*)$/.exec(words) ?? []
  if (digits === undefined || (!/^\d+$/.test(digits) && !words.includes(':')))
    return wrong('has no port', `tcp:${words === '' ? 'HOST' : words}:PORT`)
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0
  if (port < 1 || port > 65_535) return wrong('has no port from 1 to 65535', `tcp:${host || 'HOST'}:PORT`)
  if (host === '') {
    return words.includes(':') || rest.startsWith('/')
      ? wrong('has no host', `tcp:HOST:${port}, or tcp:${port} for this machine`)
      : { kind: 'tcp', host: 'localhost', port }
  }
  const [, inner] = /^\[([\da-fA-F:.%\w]+)\]$/.exec(host) ?? []
  if (inner !== undefined) return { kind: 'tcp', host: inner, port }
  if (/^[\da-fA-F:.]*:[\da-fA-F:.]*$/.test(host))
    return wrong('has an IPv6 address without brackets', `tcp:[${host}]:${port}`)
  return /^[^\s/:@[\]]+$/.test(host)
    ? { kind: 'tcp', host, port }
    : wrong('is more than a host and a port', 'tcp:HOST:PORT')
}

function parseUrl(text: string): Address | NoAddress {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
    ? { kind: 'http', url: new URL(text) }
    : wrong('is not a URL', 'http://HOST:PORT/path')
}

function wrong(problem: string, form?: string): NoAddress {
  return { kind: 'wrong', problem, ...(form === undefined ? {} : { fix: `write ${form}` }) }
}

function explain({ problem, fix }: NoAddress, value: JsonValue): Wrong {
  const safe = `must be ${forms}`
  return new Wrong([
    { below: [], problem: `${show(value)} ${problem}`, safe, ...(fix === undefined ? {} : { fix }) },
  ])
}
