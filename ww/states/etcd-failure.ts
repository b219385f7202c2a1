/** What an attempt that failed means. */
export type EtcdFailure = {
  /** For people. */
  readonly reason: string
  /** Asking again, or another member, is of no use. */
  readonly refused: boolean
  /** etcd may have carried it out. */
  readonly uncertain: boolean
}

/** gRPC's codes of a member that cannot do it now, though it may be done: unknown, deadline, aborted, internal, unavailable. */
const passing = new Set([1, 2, 4, 10, 13, 14])

/** Nobody was there to carry anything out. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Reads what an attempt was rejected with: etcd's own words with a status as the cause, or an error of the network. */
export function readFailure(error: unknown): EtcdFailure {
  if (!(error instanceof Error)) return { reason: String(error), refused: false, uncertain: true }
  if (typeof error.cause === 'number') {
    const { code, message } = readWords(error.message)
    const refused = code === null ? error.cause < 500 : !passing.has(code)
    return { reason: message || `it answers ${error.cause}`, refused, uncertain: !refused }
  }
  const code = 'code' in error ? String(error.code) : ''
  // a name that has several addresses fails with one error for each, and no words of its own
  const reason =
    error.name === 'AbortError' || error.name === 'TimeoutError' ? 'no answer in time' : error.message
  return { reason: reason || code, refused: false, uncertain: !neverSent.has(code) }
}

/** Whether etcd wants to be told who we are, once more: its tokens end, and those of a restarted member are gone. */
export function shouldAuthenticate(said: string): boolean {
  return /invalid auth token|auth store is old/.test(readWords(said).message)
}

function readWords(said: string): { code: number | null; message: string } {
  try {
    const { code, message, error } = JSON.parse(said) as {
      code?: unknown
      message?: unknown
      error?: unknown
    }
    const words = typeof message === 'string' ? message : typeof error === 'string' ? error : said
    return { code: typeof code === 'number' ? code : null, message: words }
  } catch {
    return { code: null, message: said.trim() }
  }
}
