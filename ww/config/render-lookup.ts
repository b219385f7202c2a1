import type { JsonValue } from './json.ts'
import { listValues, printValue } from './lookup.ts'

/** The sh that answers `ww cfg`: a main file, and, for a large configuration, parts of which it reads a few. */
export type Lookup = { readonly main: string; readonly parts: ReadonlyMap<string, string> }

type Case = { readonly path: string; readonly line: string }

/** Up to this many letters sh reads about as fast as it opens one more file. */
const mostInOneFile = 4000

/** In the place of a letter that cannot be told: another alphabet's, a quote, none. */
const otherLetter = '+'

/**
 * Renders a configuration as a sh `case` that sets `ww_value` for the key path in `$1`, and returns 1 when there is
 * none: the fastest form that is exact for every value, in every sh. A large one is split, again and again, by that
 * letter of the key paths, counted from their end, which splits best; the parts are files of `directory`.
 */
export function renderLookup(config: JsonValue, directory: string): Lookup {
  const parts = new Map<string, string>()
  const cases = listValues(config).map(({ path, value }) => ({
    path,
    line: `${quote(path)}) ww_value=${quote(printValue(value))};;\n`,
  }))
  return { main: renderPart(cases, 'part', directory, parts), parts }
}

/** Quotes a text for sh: nothing in it is special, newlines included. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function renderPart(
  cases: readonly Case[],
  name: string,
  directory: string,
  parts: Map<string, string>,
): string {
  const split = sizeOf(cases) > mostInOneFile ? findSplit(cases) : null
  if (!split) return `case $1 in\n${cases.map(({ line }) => line).join('')}*) return 1;;\nesac\n`
  for (const [letter, group] of split.groups) {
    parts.set(`${name}${letter}`, renderPart(group, `${name}${letter}`, directory, parts))
  }
  const rest = '?'.repeat(split.position - 1)
  return `ww_tail=\${1#"\${1%${rest}?}"}
case $ww_tail in '' | *[!a-zA-Z0-9._-]*) ww_tail=${otherLetter} ;; *) ww_tail=\${ww_tail%${rest}} ;; esac
[ -r ${quote(`${directory}/${name}`)}"$ww_tail" ] || return 1
. ${quote(`${directory}/${name}`)}"$ww_tail"
`
}

/** The split whose largest group is the smallest; null when none is worth a file. */
function findSplit(cases: readonly Case[]): { position: number; groups: Map<string, Case[]> } | null {
  const splits = Array.from({ length: 24 }, (_, index) => {
    const groups = Map.groupBy(cases, ({ path }) => letterAt(path, index + 1))
    return { position: index + 1, groups, largest: Math.max(...[...groups.values()].map(sizeOf)) }
  })
  const best = splits.reduce((a, b) => (b.largest < a.largest ? b : a))
  return best.largest < sizeOf(cases) * 0.9 ? best : null
}

function sizeOf(cases: readonly Case[]): number {
  let size = 0
  for (const { line } of cases) size += line.length
  return size
}

/** As the rendered sh computes it, which may count bytes: beyond plain letters, all are one. */
function letterAt(path: string, position: number): string {
  const tail = path.slice(-position)
  return path.length >= position && /^[a-zA-Z0-9._-]+$/.test(tail) ? tail.charAt(0) : otherLetter
}
