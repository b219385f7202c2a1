import type { JsonValue } from './json.ts'
import { listValues, printValue } from './lookup.ts'

/** The sh that answers `ww cfg`: a main file, and, for a large configuration, buckets that it reads one of. */
export type Lookup = { readonly main: string; readonly buckets: ReadonlyMap<string, string> }

/** Up to this many values sh reads them all faster than it would open a second file. */
const mostInOneFile = 100

/**
 * Renders a configuration as a sh `case` that sets `ww_value` for the key path in `$1`, and returns 1 when there is
 * none: the fastest form that is exact for every value, in every sh. A large one is split by the last two letters of
 * the key path into files of `directory`.
 */
export function renderLookup(config: JsonValue, directory: string): Lookup {
  const cases = [...listValues(config)].flatMap(({ paths, value }) =>
    paths.map((path) => ({ path, line: `${quote(path)}) ww_value=${quote(printValue(value))};;\n` })),
  )
  if (cases.length <= mostInOneFile)
    return { main: caseOf(cases.map(({ line }) => line)), buckets: new Map() }
  const lines = Map.groupBy(cases, ({ path }) => bucketOf(path))
  const buckets = new Map(
    [...lines].map(([bucket, group]) => [bucket, caseOf(group.map(({ line }) => line))]),
  )
  const main = `ww_bucket=\${1#"\${1%??}"}
case $ww_bucket in '' | *[!a-z0-9]*) ww_bucket=_ ;; esac
[ -r ${quote(directory)}/"$ww_bucket" ] || return 1
. ${quote(directory)}/"$ww_bucket"
`
  return { main, buckets }
}

/** Quotes a text for sh: nothing in it is special, newlines included. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** As the rendered main file computes it; the two must agree. */
function bucketOf(path: string): string {
  const [bucket] = /[a-z0-9]{2}$/.exec(path) ?? ['_']
  return bucket
}

function caseOf(lines: readonly string[]): string {
  return `case $1 in\n${lines.join('')}*) return 1;;\nesac\n`
}
