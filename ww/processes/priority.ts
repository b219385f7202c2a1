/** Whether this process may have a better priority than it has, and so may come back from any other. */
export function mayRaisePriority(): boolean {
  const os = process.getBuiltinModule('node:os')
  const own = os.getPriority()
  try {
    os.setPriority(own - 1)
    os.setPriority(own)
    return true
  } catch {
    return false
  }
}

/**
 * Does something while this process has another priority, relative to its own: what it starts begins with that. Only
 * where it may come back from there.
 */
export function withPriority<T>(nice: number, work: () => T): T {
  const os = process.getBuiltinModule('node:os')
  const own = os.getPriority()
  os.setPriority(Math.max(-20, Math.min(19, own + nice)))
  try {
    return work()
  } finally {
    os.setPriority(own)
  }
}
