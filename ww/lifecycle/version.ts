/**
 * Whether `version` is older than `other`, comparing dotted parts as numbers where both are (1.9 is older than 1.10).
 * A pre-release (`2.0-rc1`) is older than its release. An empty version is never older or newer than anything.
 */
export function isOlder(version: string, other: string): boolean {
  if (version === '' || other === '') return false
  const [release, preRelease] = split(version)
  const [otherRelease, otherPreRelease] = split(other)
  const order = compare(release, otherRelease)
  if (order !== 0) return order < 0
  if (preRelease === '' || otherPreRelease === '') return preRelease !== '' && otherPreRelease === ''
  return compare(preRelease, otherPreRelease) < 0
}

function split(version: string): [string, string] {
  const dash = version.replace(/^v/, '').replace(/\+.*$/, '')
  const at = dash.indexOf('-')
  return at < 0 ? [dash, ''] : [dash.slice(0, at), dash.slice(at + 1)]
}

function compare(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = (left[i] ?? '0').localeCompare(right[i] ?? '0', 'en', { numeric: true })
    if (order !== 0) return order
  }
  return 0
}
