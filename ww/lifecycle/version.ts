/**
 * Whether `version` is older than `other`; false also when that is unknown, since nobody may be locked out of their data
 * by a guess. Versions are ordered by their dotted numbers (1.9 is older than 1.10). With the same numbers:
 *
 * - a pre-release (`2.0-rc1`, `2.0~beta`) is older than its release, and pre-releases are ordered among themselves;
 * - revisions of a package (`1.0.0-1`, `1.0.0-2`) are ordered among themselves, but not against `1.0.0`, which is older
 *   for dpkg, rpm and `sort -V`, and newer for semantic versioning;
 * - any other suffix (`7.2-alpine`) has no order.
 *
 * Git hashes, `latest` and an empty version have no order. Build metadata (`1.0+7`) is ignored.
 */
export function isOlder(version: string, other: string): boolean {
  const left = parseVersion(version)
  const right = parseVersion(other)
  if (!left || !right) return false
  const order = compareNumbers(left.numbers, right.numbers)
  if (order !== 0) return order < 0
  if (left.kind === 'preRelease' && right.kind === 'release') return true
  if (left.kind !== right.kind || left.kind === 'other') return false
  return compareSuffixes(left.suffix, right.suffix) < 0
}

type Version = {
  readonly numbers: readonly number[]
  readonly kind: 'release' | 'preRelease' | 'revision' | 'other'
  readonly suffix: string
}

const preRelease = /^[-~.]?(alpha|beta|a|b|rc|pre|preview|dev|snapshot|canary|nightly|milestone|m)(?![a-z])/i

/** Null when it is not dotted numbers with an optional suffix. */
function parseVersion(text: string): Version | null {
  const [, release, suffix = ''] = /^v?(\d+(?:\.\d+)*)([^+]*)(?:\+.*)?$/.exec(text) ?? []
  if (release === undefined) return null
  const numbers = release.split('.').map(Number)
  if (suffix === '') return { numbers, kind: 'release', suffix }
  if (preRelease.test(suffix)) return { numbers, kind: 'preRelease', suffix }
  if (/^-\d+(\.\d+)*$/.test(suffix)) return { numbers, kind: 'revision', suffix }
  // letters directly after the numbers are a hash, or a scheme of the author's own
  return /^[-~]/.test(suffix) ? { numbers, kind: 'other', suffix } : null
}

function compareNumbers(left: readonly number[], right: readonly number[]): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = (left[i] ?? 0) - (right[i] ?? 0)
    if (order !== 0) return order
  }
  return 0
}

/** Compares numbers as numbers and words as words; what one has more than the other makes it newer. */
function compareSuffixes(left: string, right: string): number {
  const [a, b] = [left, right].map((suffix) => suffix.toLowerCase().match(/\d+|[a-z]+/g) ?? [])
  for (let i = 0; i < Math.max(a?.length ?? 0, b?.length ?? 0); i++) {
    const [one, two] = [a?.[i], b?.[i]]
    if (one === two) continue
    if (one === undefined || two === undefined) return one === undefined ? -1 : 1
    const areNumbers = /\d/.test(one) && /\d/.test(two)
    const order = areNumbers ? Number(one) - Number(two) : one < two ? -1 : 1
    if (order !== 0) return order
  }
  return 0
}
