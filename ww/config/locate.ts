import type { Layer } from './layers.ts'
import { lookUp, parseKeyPath } from './lookup.ts'
import type { Problem } from './problem.ts'

/** Adds the layer and the line that a problem is in: those of its key, or else of the nearest one around it. */
export async function locateProblems(
  problems: readonly Problem[],
  layers: readonly Layer[],
): Promise<Problem[]> {
  return Promise.all(problems.map((problem) => locate(problem, layers)))
}

async function locate(problem: Problem, layers: readonly Layer[]): Promise<Problem> {
  const keys = parseKeyPath(problem.keyPath) ?? []
  for (let length = keys.length; length > 0; length--) {
    const here = keys.slice(0, length)
    const layer = layers.findLast(({ value }) => lookUp(value, here) !== undefined)
    if (!layer) continue
    const line = layer.text === undefined ? null : await findLine(layer.text, here)
    return { ...problem, source: layer.source, ...(line === null ? {} : { line }) }
  }
  return problem
}

/** The line of a key in a JSON text; null when it is not there. */
export async function findLine(text: string, keys: readonly string[]): Promise<number | null> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser')
  const tree = parseTree(text)
  if (!tree) return null
  const path = keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  const node = findNodeAtLocation(tree, path) ?? findNodeAtLocation(tree, [...keys])
  if (!node) return null
  // an entry begins at its key
  const start = node.parent?.type === 'property' ? node.parent : node
  return text.slice(0, start.offset).split('\n').length
}
