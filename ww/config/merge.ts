import deepmerge from 'deepmerge'
import { isObject, type JsonObject, type JsonValue, mapKeys } from './json.ts'

/** Merges objects, the weakest first: objects merge, arrays and scalars replace, null deletes what was there before. */
export function mergeObjects(objects: readonly JsonObject[]): JsonObject {
  let merged: JsonObject = {}
  for (const object of objects) merged = mergeTwo(merged, object)
  return merged
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
  const given = (key: string): JsonValue | undefined => (Object.hasOwn(strong, key) ? strong[key] : undefined)
  const remaining = Object.entries(merged).filter(([key]) => given(key) !== null)
  return Object.fromEntries(
    remaining.map(([key, value]) => {
      const stronger = given(key)
      return [key, isObject(value) && isObject(stronger) ? dropDeleted(value, stronger) : value]
    }),
  )
}
