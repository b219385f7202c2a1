import { readFileSync } from 'node:fs'
import { parse } from '@babel/parser'

/** One small change of one file; `before` and `after` are the lines that it changes, blanks made one. */
export type Mutant = { file: string; line: number; before: string; after: string; source: string }
type Node = { type: string; start: number; end: number; [key: string]: unknown }

/** What stands in for an operator or a word: the first of a row, then the others. */
const rows = `< <= >=, <= < >, > >= <=, >= > <, === !==, !== ===, && ||, || &&, ?? &&, true false, false true, ++ --, -- ++,
  + -, - +, * /, / *, % *, += -=, -= +=, min max, max min, some every, every some`
const swaps = new Map(rows.split(/,\s*/).map((row) => [row.split(' ')[0], row.split(' ').slice(1)]))
const read = (source: string) => parse(source, { sourceType: 'module', plugins: ['typescript'] })
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** The changes of one node: a range of the source, and the text in its place. */
function changesOf(node: Node, source: string): [number, number, string][] {
  const { type, start, end, left, operator, argument, test, property, value } = node
  const textOf = (part: Node): string => source.slice(part.start, part.end)
  const swap = (at: number, text: string) =>
    (swaps.get(text) ?? []).map((other): [number, number, string] => [at, at + text.length, other])
  if (isNode(left)) return swap(source.indexOf(String(operator), left.end), String(operator))
  if (type === 'UpdateExpression') return swap(node.prefix === true ? start : end - 2, String(operator))
  if (type === 'BooleanLiteral') return swap(start, textOf(node))
  if (isNode(property)) return swap(property.start, textOf(property))
  if (operator === '!' && isNode(argument)) return [[start, end, textOf(argument)]]
  if (isNode(test)) return [`!(${textOf(test)})`, 'true', 'false'].map((text) => [test.start, test.end, text])
  const texts: Readonly<Record<string, string>> = {
    ...{ ExpressionStatement: ';', ThrowStatement: ';', ReturnStatement: isNode(argument) ? 'return' : ';' },
    ...{ StringLiteral: value === '' ? "'changed'" : "''", TemplateLiteral: '``', ArrayExpression: '[]' },
    NumericLiteral: String(Number(value) + 1),
  }
  return texts[type] === undefined ? [] : [[start, end, texts[type]]]
}

/** The changes of a node and of all that it holds, but not of types, nor of the names of keys and modules. */
function allChangesOf(node: Node, source: string): [number, number, string][] {
  if (/^(Import|ExportAll|TS(?!As|Satisfies|NonNull))/.test(node.type)) return []
  const keys = Object.keys(node).filter(
    (key) => key !== 'source' && (key !== 'key' || node.computed === true),
  )
  const parts = keys.flatMap((key) => node[key]).filter(isNode)
  return [...changesOf(node, source), ...parts.flatMap((part) => allChangesOf(part, source))]
}

/** Whether it is a program still. */
function isProgram(source: string): boolean {
  try {
    return read(source).errors.length === 0
  } catch {
    return false
  }
}

/** Every mutant of a file. */
export function mutantsOf(file: string): Mutant[] {
  const source = readFileSync(file, 'utf8')
  const { program } = read(source)
  return (isNode(program) ? allChangesOf(program, source) : []).flatMap(([start, end, text]) => {
    const changed = `${source.slice(0, start)}${text}${source.slice(end)}`
    const [first, last] = [source.lastIndexOf('\n', start) + 1, source.indexOf('\n', end) - source.length]
    const [before = '', after = ''] = [source, changed].map((all) =>
      all.slice(first, last).replace(/\s+/g, ' ').trim(),
    )
    const line = source.slice(0, start).split('\n').length
    return before !== after && isProgram(changed) ? [{ file, line, before, after, source: changed }] : []
  })
}
