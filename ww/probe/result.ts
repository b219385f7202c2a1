import type { UserAccount } from '../processes/account.ts'

/** Whether something responded, and how, such as `connected`; otherwise why not, such as `connection refused`. */
export type ProbeResult =
  | { readonly ok: true; readonly what: string }
  | {
      readonly ok: false
      readonly reason: string
      /** This machine lacks what the probe itself needs, such as a descriptor: it says nothing about what was probed. */
      readonly isShortage?: true
    }

/** What a probe is given. */
export type ProbeOptions = {
  /** Ends it, and what it has started. */
  readonly signal: AbortSignal
  /** How long it may take, in milliseconds; `probeLimit` by default. */
  readonly ms?: number
  /** The environment, the directory and the user of a command. */
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly user?: UserAccount
}

/** How long one probe may take, in milliseconds. */
export const probeLimit = 5000

const reasons: Readonly<Record<string, string>> = {
  EMFILE: 'too many open files',
  ENFILE: 'too many open files on this machine',
  ENOMEM: 'not enough memory',
  EADDRNOTAVAIL: 'address not available',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'timed out',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name server does not respond',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  // the first is what Node.js calls it
  EPROTO: 'does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

/** What a connection needs of this machine. */
const shortages: readonly string[] = ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAGAIN', 'EADDRNOTAVAIL']

/** What an error of a connection says. */
export function explainFailure(error: unknown): ProbeResult {
  const code = codeOf(error)
  const reason = explainCode(code)
  return shortages.includes(code) ? { ok: false, reason, isShortage: true } : { ok: false, reason }
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
