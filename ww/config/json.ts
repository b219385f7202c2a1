/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject

/** A JSON object; `__proto__` and the like are keys as any other. */
export type JsonObject = { [key: string]: JsonValue }

declare global {
  // not in TypeScript's library yet; a raw value is opaque, and JSON.stringify alone looks into it
  interface JSON {
    rawJSON(text: string): JsonValue
    isRawJSON(value: unknown): boolean
    parse(
      text: string,
      revive: (key: string, value: JsonValue, context: { source?: string }) => JsonValue,
    ): JsonValue
  }
}

/** Whether a value is a JSON object (not null, not an array, not a number kept as written). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}

/** The path of `{"$file": path}`, which stands for what that file holds; null when the value is something else. */
export function secretFile(value: JsonValue | undefined): string | null {
  return isObject(value) && typeof value.$file === 'string' && Object.keys(value).length === 1
    ? value.$file
    : null
}

/** The same value with JavaScript's own numbers, for code that computes with them. */
export function toPlain(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value))
}

/** The same value with every key changed, at every depth. */
export function mapKeys(value: JsonValue, change: (key: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, change))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapKeys(item, change)]))
}
