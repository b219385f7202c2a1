/** Whether something responded; otherwise why not, such as `connection refused`. */
export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly reason: string }

/** Examines one address once; the signal ends it, and what it has started. It never rejects. */
export type Probe = (address: string, signal: AbortSignal, env: NodeJS.ProcessEnv) => Promise<ProbeResult>

/** How long one probe may take, in milliseconds. */
export const probeLimit = 5000

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'timed out',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not respond',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
}

/** The reason that an error code of a connection stands for. */
export function explainCode(code: string): string {
  return reasons[code] ?? code
}

/** Finds the error code in what a failed connection threw; several addresses of a host have failed one by one. */
export function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}
