/** A boot that ended without STOPPED or ERROR. */
export type Crash = {
  readonly bootId: string
  readonly state: string
  /** When it entered that state, ISO 8601. */
  readonly since: string
  /** Whether the kernel killed it for lack of memory; null when the cgroup cannot tell. */
  readonly oomKilled: boolean | null
}
