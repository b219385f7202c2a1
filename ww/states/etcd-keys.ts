/** The names of the keys that the machines have in etcd. */
export type EtcdKeys = {
  /** Everything that is ours. */
  readonly all: KeyRange
  /** All heads: one key for each machine. */
  readonly heads: KeyRange
  head(name: string): string
  /** The whole log of a machine. */
  log(name: string): KeyRange
  /** The entry whose first change makes this revision. */
  entry(name: string, revision: number): string
  /** Which machine, and in a log which revision, a key is of; null for a key that is none of ours. */
  parse(key: string): { readonly name: string; readonly revision: number | null } | null
}

/** From a key up to another one, which is not in it. */
export type KeyRange = { readonly from: string; readonly to: string }

// the character after the slash, in ASCII: where the keys that begin with a slash end
const everythingIn = (folder: string): KeyRange => ({ from: `${folder}/`, to: `${folder}0` })

/** Names the keys under a prefix: `PREFIX/machines/NAME` for the heads, `PREFIX/log/NAME/REVISION` for the logs. */
export function nameKeys(prefix: string): EtcdKeys {
  const log = (name: string): string => `${prefix}/log/${encodeURIComponent(name)}`
  return {
    all: everythingIn(prefix),
    heads: everythingIn(`${prefix}/machines`),
    head: (name) => `${prefix}/machines/${encodeURIComponent(name)}`,
    log: (name) => everythingIn(log(name)),
    // as many digits as the greatest exact integer has, so that they sort as numbers do
    entry: (name, revision) => `${log(name)}/${String(revision).padStart(16, '0')}`,
    parse: (key) => {
      if (!key.startsWith(`${prefix}/`)) return null
      const [kind, name, revision] = key.slice(prefix.length + 1).split('/')
      if (name === undefined || (kind !== 'machines' && kind !== 'log')) return null
      try {
        return { name: decodeURIComponent(name), revision: kind === 'log' ? Number(revision) : null }
      } catch {
        return null
      }
    },
  }
}
