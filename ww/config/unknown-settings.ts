import { nearest } from '../base/nearest.ts'
import { isObject, type JsonObject } from './json.ts'
import { joinKeys, type Problem } from './problem.ts'
import { anyName, type SettingRow } from './section.ts'

/** The keys below `ww` that no setting has, each with the nearest one. */
export function findUnknown(ww: JsonObject, rows: readonly SettingRow[]): Problem[] {
  const known = rows.map(({ keys }) => keys)
  const visit = (object: JsonObject, above: readonly string[]): Problem[] =>
    Object.entries(object).flatMap(([key, value]) => {
      const keys = [...above, key]
      const here = known.filter((candidate) => startsWith(candidate, keys))
      if (here.length === 0) return [describeUnknown(keys, known)]
      const isSection = here.every(({ length }) => length > keys.length)
      return isSection && isObject(value) ? visit(value, keys) : []
    })
  return visit(ww, [])
}

function describeUnknown(keys: readonly string[], known: readonly (readonly string[])[]): Problem {
  const meant = findMeant(keys, known)
  const fix = meant === undefined ? {} : { fix: `did you mean ${joinKeys(['ww', ...meant])}?` }
  return { keyPath: joinKeys(['ww', ...keys]), kind: 'unknown', problem: 'is not a setting', ...fix }
}

/** What is near by name in the same section, else in any. */
function findMeant(
  keys: readonly string[],
  known: readonly (readonly string[])[],
): readonly string[] | undefined {
  const above = keys.slice(0, -1)
  const key = keys.at(-1) ?? ''
  const siblings = known
    .filter((candidate) => startsWith(candidate, above))
    .map((path) => path[above.length] ?? '')
  const sibling = nearest(key, siblings)
  if (sibling !== undefined) return [...above, sibling]
  const last = nearest(
    key,
    known.map((path) => path.at(-1) ?? ''),
  )
  const elsewhere = known.find((path) => path.at(-1) === last)
  if (elsewhere) return elsewhere
  const whole = nearest(
    keys.join('.'),
    known.map((path) => path.join('.')),
  )
  return known.find((path) => path.join('.') === whole)
}

function startsWith(path: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((key, index) => path[index] === key || path[index] === anyName)
}
