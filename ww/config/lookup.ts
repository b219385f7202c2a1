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
  let at: JsonValue | undefined = value
  for (const key of keys) {
    if (Array.isArray(at)) at = /^\d+$/.test(key) ? at[Number(key)] : undefined
    else at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }
  return at
}

/** Every value of a configuration with its key path in plain form (`a.0.b`, `a["b.c"]`); that of the root is `.`. */
export function listValues(value: JsonValue): { path: string; value: JsonValue }[] {
  const found: { path: string; value: JsonValue }[] = []
  const visit = (at: JsonValue, path: string): void => {
    found.push({ path, value: at })
    if (!Array.isArray(at) && !isObject(at)) return
    for (const [key, item] of Object.entries(at)) visit(item, addKey(path, key))
  }
  visit(value, '.')
  return found
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
