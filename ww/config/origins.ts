import { isObject, type JsonValue, secretFile } from './json.ts'
import type { Layer } from './layers.ts'
import { lookUp } from './lookup.ts'

/** What one layer has at a key; `deleted`: it removes the key, or something around it. */
export type Origin = { readonly layer: Layer; readonly value: JsonValue; readonly deleted: boolean }

/** Finds what the layers have at a key, the strongest first; not what a stronger layer has replaced as a whole. */
export function traceOrigins(layers: readonly Layer[], keys: readonly string[]): Origin[] {
  const origins: Origin[] = []
  for (const layer of layers.toReversed()) {
    const { at, rest } = descend(layer.value, keys)
    const found = lookUp(at, rest)
    const deleted = at === null || found === null
    if (deleted || found !== undefined) origins.push({ layer, value: found ?? null, deleted })
    if (rest.length > 0 && at !== null && !isMerged(at)) break
  }
  return origins
}

/** Follows the keys for as long as there are objects that merge. */
function descend(value: JsonValue, keys: readonly string[]): { at: JsonValue; rest: readonly string[] } {
  let at = value
  for (const [index, key] of keys.entries()) {
    const next = isMerged(at) ? lookUp(at, [key]) : undefined
    if (next === undefined) return { at, rest: keys.slice(index) }
    at = next
  }
  return { at, rest: [] }
}

function isMerged(value: JsonValue): boolean {
  return isObject(value) && secretFile(value) === null
}
