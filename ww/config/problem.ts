import { addKey } from './lookup.ts'

/** One thing that is wrong with the configuration, as facts; `formatProblem` makes the line of them. */
export type Problem = {
  /** The layer that has it: `CFG`, or the path of a file. */
  readonly source?: string
  readonly line?: number
  /** Where it is, as `ww cfg` takes it; empty for the source as a whole. */
  readonly keyPath: string
  readonly problem: string
  /** The problem without the value that has it, for a value that is secret. */
  readonly safe?: string
  readonly fix?: string
}

/** What is wrong with a value: the problem, below which of its keys, and what to do. */
export type Fault = Omit<Problem, 'source' | 'line' | 'keyPath'> & { readonly below: readonly string[] }

/** The problem of a key that no setting has; it continues the key path as a sentence. */
export const unknownSetting = 'is not a setting'

/** The one line of a problem: where, what, and how to fix it. */
export function formatProblem({ source, line, keyPath, problem, fix }: Problem): string {
  const place = source === undefined ? '' : `${source}${line === undefined ? '' : `:${line}`}: `
  return `${place}${formatFact(keyPath, problem)}${fix === undefined ? '' : `; ${fix}`}`
}

/** The same problem without any part of the value that has it. */
export function hideValue({ safe, ...problem }: Problem): Problem {
  if (safe === undefined) return problem
  const { fix: _, ...rest } = problem
  return { ...rest, problem: safe }
}

/** A key path of keys. */
export function joinKeys(keys: readonly string[]): string {
  return keys.reduce(addKey, '')
}

function formatFact(keyPath: string, problem: string): string {
  if (keyPath === '') return problem
  return problem === unknownSetting ? `${keyPath} ${problem}` : `${keyPath}: ${problem}`
}
