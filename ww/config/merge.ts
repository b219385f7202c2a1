import deepmerge from 'deepmerge'
import { isObject, type JsonObject, type JsonValue, mapKeys } from './json.ts'

/** Merges objects, the weakest first: objects merge, arrays and scalars replace, null deletes what was there before. */
export function mergeObjects(objects: readonly JsonObject[]): JsonObject {
  return objects.reduce<JsonObject>(mergeTwo, {})
}

function mergeTwo(weak: JsonObject, strong: JsonObject): JsonObject {
  // deepmerge skips keys that every object has (`constructor`, `__proto__`); marked, they are data like others
  const mark = (value: JsonObject): JsonValue => mapKeys(value, (key) => `.${key}`)
  const marked = deepmerge<JsonValue>(mark(weak), mark(strong), {
    arrayMerge: (_, array) => array,
    // the path of a secret is one value: it replaces and is replaced as a whole
    isMergeableObject: (value) =>
      Array.isArray(value) || (isObject(value) && !Object.hasOwn(value, '.$file')),
  })
  const merged = mapKeys(marked, (key) => key.slice(1))
  if (!isObject(merged)) throw new Error('two objects merge into an object')
  return dropDeleted(merged, strong)
}

function dropDeleted(merged: JsonObject, strong: JsonObject): JsonObject {
  const remaining = Object.entries(merged).flatMap(([key, value]): [string, JsonValue][] => {
    const given = Object.hasOwn(strong, key) ? strong[key] : undefined
    if (given === null) return []
    return [[key, isObject(value) && isObject(given) ? dropDeleted(value, given) : value]]
  })
  return Object.fromEntries(remaining)
}
