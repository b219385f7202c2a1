/**
 * The first cycle among what must come after what, from a name back to itself, such as `[a, b, a]`; null when there is
 * none.
 */
export function findCycle(after: Readonly<Record<string, readonly string[]>>): readonly string[] | null {
  const done = new Set<string>()
  const visit = (name: string, path: readonly string[]): readonly string[] | null => {
    const start = path.indexOf(name)
    if (start >= 0) return [...path.slice(start), name]
    if (done.has(name)) return null
    const here = [...path, name]
    for (const other of Object.hasOwn(after, name) ? (after[name] ?? []) : []) {
      const cycle = visit(other, here)
      if (cycle !== null) return cycle
    }
    done.add(name)
    return null
  }
  for (const name of Object.keys(after)) {
    const cycle = visit(name, [])
    if (cycle !== null) return cycle
  }
  return null
}
