import { flattenNumbers } from './numbers.ts'
import type { Sample } from './store.ts'

/** Numbers over time, by their dotted path: `[milliseconds, value]`, oldest first. */
export type Series = Readonly<Record<string, readonly (readonly [number, number])[]>>

/** Makes a line of points of each number: the mean of each span of `step` milliseconds that has any. */
export function makeSeries(samples: readonly Sample[], step: number): Series {
  const spans = new Map<string, Map<number, { sum: number; count: number }>>()
  for (const { at, stats } of samples) {
    const span = Math.floor(at / step) * step
    for (const [path, number] of flattenNumbers(stats)) {
      const line = spans.get(path) ?? new Map<number, { sum: number; count: number }>()
      const point = line.get(span) ?? { sum: 0, count: 0 }
      line.set(span, { sum: point.sum + number, count: point.count + 1 })
      spans.set(path, line)
    }
  }
  return Object.fromEntries(
    [...spans].map(([path, line]) => [
      path,
      [...line].sort(([a], [b]) => a - b).map(([at, { sum, count }]) => [at, sum / count] as const),
    ]),
  )
}
