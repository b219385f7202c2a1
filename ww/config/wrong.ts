import type { Fault } from './problem.ts'

/** What is wrong with a value. */
export class Wrong {
  readonly faults: readonly Fault[]
  constructor(faults: readonly Fault[]) {
    this.faults = faults
  }
}

/** A value as an error shows it: JSON, cut short. */
export function show(value: unknown): string {
  const json = value === undefined ? 'nothing' : JSON.stringify(value)
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

/** What is wrong with a value as a whole; `fix` shows nothing of it. */
export function wrong(problem: string, fix?: string): Wrong {
  return new Wrong([{ below: [], problem, ...(fix === undefined ? {} : { fix }) }])
}

/** What a value must be, and what it is instead. */
export function mustBe(must: string, value: unknown): Wrong {
  return new Wrong([{ below: [], problem: `${must}, not ${show(value)}`, safe: must }])
}
