/** Where a server listens. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  /** The path of a unix socket. */
  | { readonly path: string }

/** Reads `port` and `:port` (every interface), `host:port`, `[v6]:port` or `unix:/path`; null when it is none of them. */
export function parseListen(text: string): ListenAddress | null {
  if (/^unix:\/./.test(text)) return { path: text.slice('unix:'.length) }
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]:|([^:]*):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits ?? Number.NaN)
  // a container is asked from outside of it: without a host, every interface
  return port <= 65_535 ? { host: bracketed || plain || '0.0.0.0', port } : null
}

/** Why a server cannot listen, by the system's code; what the runtimes themselves say differs. */
const refusals: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there (EADDRINUSE)',
  EADDRNOTAVAIL: 'this machine does not have the address (EADDRNOTAVAIL)',
  EACCES: 'permission denied (EACCES)',
  ENOTFOUND: 'the host is not known (ENOTFOUND)',
}

/** Why a server cannot listen, for a message. */
export function describeListenError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return refusals[code] ?? (error instanceof Error ? error.message : String(error))
}
