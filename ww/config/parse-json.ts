import type { ParseError } from 'jsonc-parser'
import { ConfigurationError } from './configuration-error.ts'
import type { JsonValue } from './json.ts'
import type { Problem } from './problem.ts'

/**
 * Parses JSON; numbers that JavaScript would write in another way (`1e21`, `1.0`, 64-bit ids) remain as written. A
 * ConfigurationError names the source, the line and the column of what is wrong, and shows none of it.
 */
export async function parseJson(text: string, source: string): Promise<JsonValue> {
  let value: JsonValue
  try {
    value = JSON.parse(text, keepNumber)
  } catch (error) {
    throw new ConfigurationError([await describeMistake(text, source).catch(() => tooDeep(source))], {
      cause: error,
    })
  }
  if (isDeeper(value, mostLevels)) throw new ConfigurationError([tooDeep(source)])
  return value
}

/** What reads and merges a configuration calls itself for each level, and the stack has an end. */
const mostLevels = 500

function tooDeep(source: string): Problem {
  return { source, keyPath: '', problem: `has more than ${mostLevels} levels` }
}

function isDeeper(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1))
}

function keepNumber(_: string, value: JsonValue, { source }: { source?: string }): JsonValue {
  return typeof value === 'number' && source !== undefined && String(value) !== source
    ? JSON.rawJSON(source)
    : value
}

/** The engine has no position for many errors, and quotes the text, which may hold a secret; this parser does not. */
async function describeMistake(text: string, source: string): Promise<Problem> {
  const { parse } = await import('jsonc-parser')
  const errors: ParseError[] = []
  parse(text, errors, { disallowComments: true, allowTrailingComma: false })
  const offset = errors[0]?.offset ?? text.length
  const before = text.slice(0, offset).split('\n')
  const line = before.length
  const column = (before.at(-1)?.length ?? 0) + 1
  const what = `column ${column}: ${mistakes[errors[0]?.error ?? 0] ?? 'malformed JSON'}, found ${describeFound(text, offset)}`
  if (source !== 'CFG') return { source, line, keyPath: '', problem: what }
  const fix = `write JSON, such as CFG='{"a": 1}'`
  return { source, keyPath: '', problem: `line ${line}, ${what}`, fix }
}

/** What each error of the parser means, by its number, since its constants are erased from a bundle. */
const mistakes: Readonly<Record<number, string>> = {
  1: 'expected a value or a key in double quotes',
  2: 'expected a number',
  3: 'expected a key in double quotes',
  4: 'expected a value',
  5: 'expected ":"',
  6: 'expected ","',
  7: 'expected "}"',
  8: 'expected "]"',
  9: 'expected the end',
  10: 'comments are not JSON',
  11: 'comments are not JSON',
  12: 'the string has no end',
  13: 'the number has no end',
  14: 'expected four hexadecimal digits',
  15: 'unknown escape in a string',
  16: 'control character in a string',
}

/** Punctuation is shown, anything else could be a part of a secret. */
function describeFound(text: string, offset: number): string {
  const found = text.slice(offset).trimStart().charAt(0)
  if (found === '') return 'the end'
  return /[{}[\],:]/.test(found) ? `"${found}"` : 'other text'
}
