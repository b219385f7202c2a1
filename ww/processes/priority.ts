/** Whether this process may have a priority that is better by so much; then it may also come back from any other one. */
export function mayRaisePriority(by: number): boolean {
  const os = process.getBuiltinModule('node:os')
  const own = os.getPriority()
  try {
    os.setPriority(Math.max(-20, own - by))
    os.setPriority(own)
    return true
  } catch {
    return false
  }
}

/**
 * Does something while this process has another priority, relative to its own: what it starts begins with that. Only
 * where it may have that one, and may come back.
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
