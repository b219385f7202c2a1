import type { ParseError } from 'jsonc-parser'
import { exitCode, UserError } from '../errors.ts'

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject

/** A JSON object; `__proto__` and the like are keys as any other. */
export type JsonObject = { [key: string]: JsonValue }

/** Whether a value is a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parses JSON; a UserError (exit 78) names the source, the line and the column of what is wrong, and shows none of it. */
export async function parseJson(text: string, source: string): Promise<JsonValue> {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { where, what } = await locateError(text)
    throw new UserError(`cannot read ${source}: ${where}: ${what}`, exitCode.configuration, { cause: error })
  }
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
