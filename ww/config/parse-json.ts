import type { ParseError } from 'jsonc-parser'
import { exitCode, UserError } from '../base/errors.ts'
import type { JsonValue } from './json.ts'

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
