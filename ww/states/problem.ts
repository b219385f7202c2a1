/** What is wrong with a chart: where, from the top of its data, and what, in words. */
export type Problem = { readonly path: readonly (string | number)[]; readonly message: string }

/** An object as JSON and YAML have it. */
export type Data = Readonly<Record<string, unknown>>

/** Whether a value is an object, and no list. */
export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as it is named in a sentence. */
export function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
