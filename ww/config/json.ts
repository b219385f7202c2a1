import type { ParseError } from 'jsonc-parser'
import { exitCode, UserError } from '../errors.ts'

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

/**
 * Parses JSON; numbers that JavaScript would write in another way (`1e21`, `1.0`, 64-bit ids) stay as written. A
 * UserError (exit 78) names the source, the line and the column of what is wrong, and shows none of it.
 */
export async function parseJson(text: string, source: string): Promise<JsonValue> {
  try {
    return JSON.parse(text, keepNumber)
  } catch (error) {
    const { where, what } = await locateError(text)
    throw new UserError(`cannot read ${source}: ${where}: ${what}`, exitCode.configuration, { cause: error })
  }
}

function keepNumber(_: string, value: JsonValue, { source }: { source?: string }): JsonValue {
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? JSON.rawJSON(source)
    : value
}

/** The same value with JavaScript's own numbers, for code that computes with them. */
export function toPlain(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value))
}

/** The engine tells no position for many errors, and quotes the text, which may hold a secret; this parser does not. */
async function locateError(text: string): Promise<{ where: string; what: string }> {
  const { parse, printParseErrorCode } = await import('jsonc-parser')
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true, allowTrailingComma: false })
  const [first] = errors
  const before = text.slice(0, first?.offset ?? text.length).split('\n')
  const what = first
    ? printParseErrorCode(first.error)
        .replace(/([a-z])([A-Z])/g, '$1 $2')
        .toLowerCase()
    : 'malformed JSON'
  return { where: `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`, what }
}

/** The same value with every key changed, at every depth. */
export function mapKeys(value: JsonValue, change: (key: string) => string): JsonValue {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, change))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), mapKeys(item, change)]))
}
