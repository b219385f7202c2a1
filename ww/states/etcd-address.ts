import { exitCode, UserError } from '../base/errors.ts'

/** Where the machines are in etcd, as `--store` says it. */
export type EtcdAddress = {
  /** Such as `http://10.0.0.1:2379`, in the order in which they are tried. */
  readonly endpoints: readonly string[]
  /** What every key begins with, without a slash at its end. */
  readonly prefix: string
  readonly user: { readonly name: string; readonly password: string } | null
  /** Paths of PEM files: whom to trust, and who we are. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string }
}

const shape = /^(etcds?):\/\/(?:([^@/?]*)@)?([^@/?#]+)(\/[^?#]*)?(?:\?([^#]*))?$/

/**
 * Reads `etcd://[user:password@]host[:port][,host[:port]…][/prefix]`; with `etcds` it is TLS, and
 * `?ca=FILE&cert=FILE&key=FILE` may follow. The port is 2379, the prefix `/whaleware/states` unless it is there.
 * Throws a UserError on anything else, without the password in it.
 */
export function parseEtcdAddress(text: string): EtcdAddress {
  const [, scheme, userinfo, hosts, path, query] = shape.exec(text) ?? []
  if (!scheme || !hosts) throw refuse('it must look like etcd://host:2379,host2:2379/prefix')
  const protocol = scheme === 'etcds' ? 'https' : 'http'
  const { ca, cert, key, ...others } = Object.fromEntries(new URLSearchParams(query ?? ''))
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw refuse(`it takes ?ca=, cert= and key=, not "${unknown}"`)
  if ((ca || cert || key) && protocol === 'http') throw refuse('certificates need etcds://')
  return {
    endpoints: hosts.split(',').map((host) => readEndpoint(protocol, host)),
    prefix: (path ?? '').replace(/\/+$/, '') || '/whaleware/states',
    user: userinfo === undefined ? null : readUser(userinfo),
    tls: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  }
}

function readEndpoint(protocol: string, host: string): string {
  const withPort = /:\d+$/.test(host) ? host : `${host}:2379`
  if (host === '' || !URL.canParse(`${protocol}://${withPort}`))
    throw refuse(`"${host}" is no host with a port`)
  return `${protocol}://${withPort}`
}

function readUser(userinfo: string): { name: string; password: string } {
  const [name = '', ...password] = userinfo.split(':')
  try {
    return { name: decodeURIComponent(name), password: decodeURIComponent(password.join(':')) }
  } catch {
    throw refuse('the user and the password must be percent-encoded')
  }
}

const refuse = (reason: string): UserError =>
  new UserError(`cannot read the address of etcd: ${reason}`, exitCode.usage)
