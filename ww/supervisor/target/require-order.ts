/** Who requires whom. */
type Requiring = { readonly url: string; readonly requires: readonly string[] }

/** The URLs of a circle of requirements, the first one again at its end; null when there is none. */
export function findCycle(targets: readonly Requiring[]): string[] | null {
  const requires = new Map(targets.map((target) => [target.url, target.requires]))
  const done = new Set<string>()
  const visit = (url: string, path: readonly string[]): string[] | null => {
    if (path.includes(url)) return [...path.slice(path.indexOf(url)), url]
    if (done.has(url)) return null
    for (const required of requires.get(url) ?? []) {
      const cycle = visit(required, [...path, url])
      if (cycle) return cycle
    }
    done.add(url)
    return null
  }
  for (const { url } of targets) {
    const cycle = visit(url, [])
    if (cycle) return cycle
  }
  return null
}

/** The targets in the order in which they stop: who requires another one goes before it; each list stops together. */
export function orderStop<Target extends Requiring>(targets: readonly Target[]): Target[][] {
  const order: Target[][] = []
  for (let left = [...targets]; left.length > 0; ) {
    const next = left.filter(({ url }) => !left.some(({ requires }) => requires.includes(url)))
    if (next.length === 0) throw new Error('requirements go round in a circle')
    order.push(next)
    left = left.filter((target) => !next.includes(target))
  }
  return order
}
