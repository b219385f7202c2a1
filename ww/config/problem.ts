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
  /** Set when the problem is about the key rather than its value: it continues the key path as a sentence. */
  readonly kind?: 'unknown' | 'missing' | 'obsolete' | 'excessive'
}

/** What is wrong with a value: the problem, below which of its keys, and what to do. */
export type Fault = Omit<Problem, 'source' | 'line' | 'keyPath'> & { readonly below: readonly string[] }

/** The one line of a problem: where, what, and how to fix it. */
export function formatProblem({ source, line, keyPath, problem, fix, kind }: Problem): string {
  const place = source === undefined ? '' : `${source}${line === undefined ? '' : `:${line}`}: `
  const key = keyPath === '' ? '' : `${keyPath}${kind === undefined ? ': ' : ' '}`
  return `${place}${key}${problem}${fix === undefined ? '' : `; ${fix}`}`
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
