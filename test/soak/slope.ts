import { medianOf } from '../bench/median.ts'

/** The use of memory at one time. */
export type Sample = { readonly hours: number; readonly bytes: number }

/**
 * The slope of memory in bytes an hour, by least squares over the median of each minute (a collection of garbage makes
 * single samples jump), without what was sampled in the first `skip` hours; and the first and last of those medians.
 */
export function summarize(
  samples: readonly Sample[],
  skip: number,
): { readonly slope: number; readonly first: number; readonly last: number } {
  const minutes = new Map<number, Sample[]>()
  for (const sample of samples) {
    if (sample.hours < skip) continue
    const minute = Math.floor(sample.hours * 60)
    minutes.set(minute, [...(minutes.get(minute) ?? []), sample])
  }
  const points = [...minutes.values()].map((group) => ({
    hours: medianOf(group.map(({ hours }) => hours)),
    bytes: medianOf(group.map(({ bytes }) => bytes)),
  }))
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  const [x, y] = [mean(points.map(({ hours }) => hours)), mean(points.map(({ bytes }) => bytes))]
  const covariance = points.reduce((sum, { hours, bytes }) => sum + (hours - x) * (bytes - y), 0)
  const variance = points.reduce((sum, { hours }) => sum + (hours - x) ** 2, 0)
  return {
    slope: variance === 0 ? 0 : covariance / variance,
    first: points[0]?.bytes ?? Number.NaN,
    last: points.at(-1)?.bytes ?? Number.NaN,
  }
}
