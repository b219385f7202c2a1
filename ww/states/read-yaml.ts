import { type Document, isMap, LineCounter, type ParsedNode, parseDocument, visit } from 'yaml'
import { parseMachine } from './parse-machine.ts'
import type { Problem } from './problem.ts'
import type { MachineRecord } from './record.ts'

/** A machine with the document that it was read from; or one sentence for each thing that is wrong, with its line. */
export type ReadMachine =
  | { readonly record: MachineRecord; readonly document: Document.Parsed }
  | { readonly problems: readonly { readonly line: number; readonly message: string }[] }

/** Reads a machine from YAML, hence from JSON too. */
export function readMachine(text: string): ReadMachine {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line)
  if (document.errors.length > 0) {
    return { problems: document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message })) }
  }
  let data: unknown
  try {
    data = document.toJS()
  } catch (error) {
    // an alias to nothing, or aliases that would unfold for ever
    return { problems: [{ line: 1, message: error instanceof Error ? error.message : String(error) }] }
  }
  const parsed = parseMachine(data)
  if ('record' in parsed) return { record: parsed.record, document }
  return {
    problems: parsed.problems.map(({ path, message }) => ({
      line: lineAt(offsetOf(document, path)),
      message,
    })),
  }
}

/** The problems as one sentence for people, each with its line in the file. */
export function tellProblems(
  file: string,
  problems: readonly { readonly line: number; readonly message: string }[],
): string {
  return problems.map(({ line, message }) => `${file}:${line}: ${message}`).join('; ')
}

/** Whether a document refers to its own parts, so that changing one value may change another. */
export function hasAliases(document: Document.Parsed): boolean {
  let found = false
  visit(document, {
    Alias: () => {
      found = true
      return visit.BREAK
    },
  })
  return found
}

/** Where a path is in the text; what is missing is where it should be. */
function offsetOf(document: Document.Parsed, path: Problem['path']): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : nodeAt(document, path.slice(0, depth))
    if (node?.range) return node.range[0]
  }
  return 0
}

/** The node at a path; of a pair its key, so that the line is the one on which it begins. */
function nodeAt(document: Document.Parsed, path: Problem['path']): ParsedNode | undefined {
  const holder = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  if (!isMap<ParsedNode, ParsedNode>(holder)) return document.getIn(path, true) as ParsedNode | undefined
  return holder.items.find(({ key }) => 'value' in key && key.value === path.at(-1))?.key
}
