import type { JsonValue } from './json.ts'
import { isObject } from './json.ts'

/** Splits a key path such as `a.b[0]["c.d"]` into its keys; null when it is none. The empty path and `.` are the root. */
export function parseKeyPath(path: string): string[] | null {
  if (path === '' || path === '.') return []
  const keys: string[] = []
  const part = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|(?:^|\.)([^.[\]]+)/y
  while (part.lastIndex < path.length) {
    const match = part.exec(path)
    if (!match) return null
    keys.push(match[1] !== undefined ? match[1].replace(/\\(.)/g, '$1') : (match[2] ?? match[3] ?? ''))
  }
  return keys
}

/** The value at a list of keys; undefined when there is none. */
export function lookUp(value: JsonValue, keys: readonly string[]): JsonValue | undefined {
  return keys.reduce<JsonValue | undefined>((at, key) => {
    if (Array.isArray(at)) return /^\d+$/.test(key) ? at[Number(key)] : undefined
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }, value)
}

/** Every value of a configuration with the key paths that lead to it. */
export function* listValues(
  value: JsonValue,
  paths: readonly string[] = ['', '.'],
): Generator<{ paths: readonly string[]; value: JsonValue }> {
  yield { paths, value }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* listValues(
        item,
        paths.flatMap((path) => itemPaths(path, index)),
      )
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      yield* listValues(
        item,
        paths.flatMap((path) => keyPaths(path, key)),
      )
  }
}

function itemPaths(path: string, index: number): string[] {
  return path === '.'
    ? []
    : path === ''
      ? [`[${index}]`, String(index)]
      : [`${path}[${index}]`, `${path}.${index}`]
}

function keyPaths(path: string, key: string): string[] {
  if (path === '.') return []
  const special = /[.[\]"\\]/.test(key) || key === ''
  return special ? [`${path}["${key.replace(/["\\]/g, '\\$&')}"]`] : [path === '' ? key : `${path}.${key}`]
}

/** A value as `ww cfg` prints it: scalars as they are, anything else as JSON. */
export function printValue(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
