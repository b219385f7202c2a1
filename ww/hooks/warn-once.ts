/** Makes a log of warnings that passes on each of them once: a service that restarts has the same one each time. */
export function warnOnce(warn: (line: string) => void): (line: string) => void {
  const passed = new Set<string>()
  return (line) => {
    if (passed.has(line)) return
    passed.add(line)
    warn(line)
  }
}
