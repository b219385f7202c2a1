/** Numbers by their dotted path. */
export type Numbers = Readonly<Record<string, number>>

/** Sums of numbers by their dotted path, with how many each is of: what means are made from. */
export type Sums = Readonly<Record<string, readonly [sum: number, count: number]>>

/** The numbers in stats, at any depth: `{"db": {"size": 5}}` has `db.size`. Booleans count as 1 and 0. */
export function flattenNumbers(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]]
  if (typeof value === 'boolean') return [[path, value ? 1 : 0]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) =>
    flattenNumbers(item, path === '' ? key : `${path}.${key}`),
  )
}

/** The number at a dotted path, as `flattenNumbers` writes it, without making all the others. */
export function numberAt(value: unknown, path: string): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    if (!path.startsWith(key)) continue
    if (path.length === key.length && typeof item === 'number') return item
    if (path.length === key.length && typeof item === 'boolean') return item ? 1 : 0
    const found = path[key.length] === '.' ? numberAt(item, path.slice(key.length + 1)) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** Stats as sums of one each. */
export function sumOf(stats: unknown): Sums {
  return Object.fromEntries(flattenNumbers(stats).map(([path, number]) => [path, [number, 1]]))
}

/** The sums of both. */
export function addSums(a: Sums, b: Sums): Sums {
  const both = new Map(Object.entries(a))
  for (const [path, [sum, count]] of Object.entries(b)) {
    const [before, many] = both.get(path) ?? [0, 0]
    both.set(path, [before + sum, many + count])
  }
  return Object.fromEntries(both)
}

/** The means. */
export function meanOf(sums: Sums): Numbers {
  return Object.fromEntries(Object.entries(sums).map(([path, [sum, count]]) => [path, sum / count]))
}
