const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads a duration such as `500ms`, `30s`, `1.5h`; milliseconds, or null when it is none. */
export function parseDuration(text: string): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim()) ?? []
  const factor = unit === undefined ? undefined : units[unit]
  return number === undefined || factor === undefined ? null : Math.round(Number(number) * factor)
}
