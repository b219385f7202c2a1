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
