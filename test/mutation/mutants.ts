import { readFileSync } from 'node:fs'
import { parse } from '@babel/parser'

/** One small change of one file; its name is the file and the lines that it changes, before and after. */
export type Mutant = { file: string; line: number; name: string; source: string }
type Node = { type: string; start: number; end: number; [key: string]: unknown }
type Change = [start: number, end: number, text: string]

/** What stands in for an operator, a word or a kind of node: the first of a row, then the others. */
const rows = `< <= >=, <= < >, > >= <=, >= > <, === !==, !== ===, && ||, || &&, ?? &&, true false, false true, ++ --, -- ++,
  + -, - +, * /, / *, % *, += -=, -= +=, min max, max min, some every, every some,
  ExpressionStatement ;, ThrowStatement ;, ReturnStatement ;, TemplateLiteral \`\`, ArrayExpression []`
const swaps = new Map(rows.split(/,\s*/).map((row) => [row.split(' ')[0], row.split(' ').slice(1)]))
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** The changes of one node. */
function changesOf(node: Node, source: string): Change[] {
  const { type, start, end, left, operator, argument, test, property, value } = node
  const textOf = (part: Node): string => source.slice(part.start, part.end)
  const swap = (word: string, at = start, until = at + word.length): Change[] =>
    (swaps.get(word) ?? []).map((other) => [at, until, other])
  if (isNode(left)) return swap(String(operator), source.indexOf(String(operator), left.end))
  if (type === 'UpdateExpression') return swap(String(operator), node.prefix === true ? start : end - 2)
  if (type === 'BooleanLiteral') return swap(textOf(node))
  if (isNode(property)) return swap(textOf(property), property.start)
  if (operator === '!' && isNode(argument)) return [[start, end, textOf(argument)]]
  if (isNode(test)) return [`!(${textOf(test)})`, 'true', 'false'].map((text) => [test.start, test.end, text])
  if (type === 'StringLiteral') return [[start, end, value === '' ? "'changed'" : "''"]]
  if (type === 'NumericLiteral') return [[start, end, String(Number(value) + 1)]]
  if (type === 'ReturnStatement' && isNode(argument)) return [[start, end, 'return']]
  return swap(type, start, end)
}

/** The changes of a node and of all that it holds, but not of types, nor of the names of keys and modules. */
function allChangesOf(node: unknown, source: string): Change[] {
  if (!isNode(node) || /^(Import|ExportAll|TS(?!As|Satisfies|NonNull))/.test(node.type)) return []
  const keys = Object.keys(node).filter((key) => key !== 'source' && (key !== 'key' || node.computed))
  const parts = keys.flatMap((key) => node[key])
  return [...changesOf(node, source), ...parts.flatMap((part) => allChangesOf(part, source))]
}

/** Every mutant of a file; the few that are no programs (`a ?? b && c`) count as killed. */
export function mutantsOf(file: string): Mutant[] {
  const source = readFileSync(file, 'utf8')
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript'] })
  return allChangesOf(program, source).flatMap(([start, end, text]) => {
    const changed = `${source.slice(0, start)}${text}${source.slice(end)}`
    const [first, last] = [source.lastIndexOf('\n', start) + 1, source.indexOf('\n', end) - source.length]
    const [before, after] = [source, changed].map((all) => all.slice(first, last).replace(/\s+/g, ' ').trim())
    const [line, name] = [source.slice(0, start).split('\n').length, `${file}: ${before} -> ${after}`]
    return before === after ? [] : [{ file, line, name, source: changed }]
  })
}
