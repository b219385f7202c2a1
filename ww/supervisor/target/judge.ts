import type { TargetEvent } from './chart.ts'

/** What came of a ping. */
export type Ping = {
  /** The HTTP status; null when there was none. */
  readonly code: number | null
  /** Nobody listens. */
  readonly refused: boolean
  /** What it was, in words: `200`, `no answer within 1 s`, `connection refused`. */
  readonly what: string
  /** How long it took, in milliseconds, and when it ended. */
  readonly ms: number
  readonly at: number
}

/** What a ping means for a target. */
export type Judgement = { readonly event: TargetEvent | null; readonly bad: number; readonly reason: string }

/**
 * Judges one ping: 2xx and 3xx is an answer, 503 says that what it manages is not all there, and anything else is bad;
 * `failures` bad ones in a row have failed. `bad` is how many there were before. A refused connection is DOWN, unless a
 * process of ours should be listening there: that one has failed as well.
 */
export function judgePing(
  ping: Ping,
  bad: number,
  { failures, ownProcess }: { readonly failures: number; readonly ownProcess: boolean },
): Judgement {
  if (ping.code !== null && ping.code >= 200 && ping.code < 400)
    return { event: 'answered', bad: 0, reason: `answered ${ping.code}` }
  if (ping.code === 503) return { event: 'pending', bad: 0, reason: 'answered 503' }
  if (ping.refused && !ownProcess) return { event: 'refused', bad: 0, reason: ping.what }
  const now = bad + 1
  const reason = ping.refused
    ? `${ping.what}, although its process runs`
    : ping.code === null
      ? ping.what
      : `answered ${ping.code}`
  const times = now > 1 ? `, ${now} times in a row` : ''
  return { event: now >= failures ? 'failed' : null, bad: now, reason: reason + times }
}
