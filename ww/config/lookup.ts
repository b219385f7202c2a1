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

/** Every value of a configuration with its key path in plain form (`a.0.b`, `a["b.c"]`); that of the root is `.`. */
export function* listValues(value: JsonValue, path = '.'): Generator<{ path: string; value: JsonValue }> {
  yield { path, value }
  if (!Array.isArray(value) && !isObject(value)) return
  for (const [key, item] of Object.entries(value)) yield* listValues(item, addKey(path, key))
}

/** The key path, in plain form, of a key below another path. */
export function addKey(path: string, key: string): string {
  const root = path === '' || path === '.'
  if (key === '' || /[.[\]"\\]/.test(key)) return `${root ? '' : path}["${key.replace(/["\\]/g, '\\$&')}"]`
  return root ? key : `${path}.${key}`
}

/** A value as `ww cfg` prints it: scalars as they are, anything else as JSON. */
export function printValue(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
