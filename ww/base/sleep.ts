/** Resolves after `ms` milliseconds, at once when they are over, or as soon as the signal is aborted; it never rejects. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // a timer of nothing would take a millisecond, a sixth of a restart
    if (signal.aborted || ms <= 0) return resolve()
    const finish = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, Math.max(0, ms))
    signal.addEventListener('abort', finish)
  })
}
