/** When something that takes long is first reported, in milliseconds after its beginning. */
export const firstReport = 1000

/** When it is reported next: after 1 s, 10 s, 1 min, 5 min, and then every 5 min. */
export function nextReport(due: number): number {
  return [10_000, 60_000].find((time) => time > due) ?? (Math.floor(due / 300_000) + 1) * 300_000
}
