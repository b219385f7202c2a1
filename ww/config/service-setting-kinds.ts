import { address, addressSchema } from './address-kind.ts'
import type { JsonValue } from './json.ts'
import { parseKeyPath } from './lookup.ts'
import type { Fault } from './problem.ts'
import type { Names } from './section.ts'
import type { ReadyProbe } from './services-kind.ts'
import type { Kind } from './setting-kinds.ts'
import { mustBe, Wrong } from './wrong.ts'

/** The largest number of a user or group; the one above it means "unchanged" to the system. */
const largestId = 2 ** 32 - 2

const namePattern = '^(serve|(serve|oneshot)-[\\w.-]+)$'

const serviceName: Kind<string> = {
  read: (value) =>
    typeof value === 'string' && new RegExp(namePattern).test(value)
      ? value
      : mustBe('must be the name of a service, such as "serve-nginx", or of a oneshot', value),
  schema: { type: 'string', pattern: namePattern },
}

/** The names of services, which are those of their hooks. */
export const serviceNames: Names & { readonly list: Kind<string[]> } = {
  pattern: namePattern,
  must: 'must be an object from service to its settings',
  explain(name) {
    const problem = 'cannot be a service'
    const bare = name.replace(/^(serve|oneshot)[-_.:]?/i, '')
    const fix = /^[\w.-]+$/.test(bare)
      ? `did you mean serve-${bare}?`
      : 'write serve, serve-NAME or oneshot-NAME'
    return { below: [], problem, fix }
  },
  list: listOf(serviceName),
}

/** The key paths of a configuration. */
export const keyPaths: Kind<string[]> = listOf({
  read: (value) =>
    typeof value === 'string' && (parseKeyPath(value) ?? []).length > 0
      ? value
      : mustBe('must be a key path, such as "database.port"', value),
  schema: { type: 'string', pattern: '[^.]' },
})

/** A user by name, or by number, with or without a group. */
export const user: Kind<string> = {
  read(value) {
    const given = typeof value === 'number' ? String(value) : value
    const isGood =
      typeof given === 'string' &&
      (/^[A-Za-z_][\w.-]*\$?$/.test(given) ||
        (/^\d+(:\d+)?$/.test(given) && given.split(':').every((id) => Number(id) <= largestId)))
    return isGood ? given : mustBe('must be the name of a user, or "uid" or "uid:gid"', value)
  },
  schema: {
    type: ['string', 'integer'],
    pattern: '^([A-Za-z_][\\w.-]*\\$?|\\d+(:\\d+)?)?$',
    minimum: 0,
    maximum: largestId,
  },
}

/** The path of a directory, from the root. */
export const absolutePath: Kind<string> = {
  read: (value) =>
    typeof value === 'string' && /^\/\P{Cc}*$/u.test(value)
      ? value
      : mustBe('must be an absolute path', value),
  schema: { type: 'string', pattern: '^(/\\P{Cc}*)?$' },
}

/** How it is known that a service is ready. */
export const readyProbe: Kind<ReadyProbe> = {
  read(value) {
    if (value === 'notify') return value
    const read = address.read(value)
    if (!(read instanceof Wrong)) return { address: read }
    // what is nearly an address is not meant to be "notify"
    return read.faults.some(({ fix }) => fix !== undefined)
      ? read
      : mustBe('must be "notify", tcp:PORT, tcp:HOST:PORT, http://…, file:/path or exec:command', value)
  },
  schema: { type: 'string', pattern: `^$|^notify$|${addressSchema.pattern}` },
}

/** A priority of a process. */
export const niceness: Kind<number> = {
  read: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= -20 && value <= 19
      ? value
      : mustBe('must be an integer from -20 to 19', value),
  schema: { type: 'integer', minimum: -20, maximum: 19 },
}

/** A list of a kind; each wrong item is reported by its index. */
function listOf<T>(kind: Kind<T>): Kind<T[]> {
  return {
    read(value) {
      if (!Array.isArray(value)) return mustBe('must be a list', value)
      const items: T[] = []
      const faults: Fault[] = []
      value.forEach((item: JsonValue, index) => {
        const read = kind.read(item)
        if (!(read instanceof Wrong)) items.push(read)
        else for (const fault of read.faults) faults.push({ ...fault, below: [String(index)] })
      })
      return faults.length > 0 ? new Wrong(faults) : items
    },
    schema: { type: 'array', items: kind.schema },
  }
}
