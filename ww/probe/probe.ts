import { probeCommand } from './exec.ts'
import { probeFile } from './file.ts'
import { probeUrl } from './http.ts'
import type { Probe, ProbeResult } from './result.ts'
import { probePort } from './tcp.ts'

/** The kinds of address, by what is before the colon. */
const kinds: Readonly<Record<string, Probe>> = {
  tcp: probePort,
  http: probeUrl,
  https: probeUrl,
  file: probeFile,
  exec: probeCommand,
}

/** Examines one address once: `tcp://host:port`, `http(s)://…`, `file:/path` or `exec:command`. It never rejects. */
export async function probe(
  address: string,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv,
): Promise<ProbeResult> {
  const kind = kinds[address.slice(0, Math.max(0, address.indexOf(':'))).toLowerCase()]
  if (kind === undefined) {
    return { ok: false, reason: 'is not tcp://host:port, http://…, file:/path or exec:command' }
  }
  return kind(address, signal, env)
}
