import { type JsonValue, secretFile } from './json.ts'
import { lookUp } from './lookup.ts'

/** Whether what was written has the file of a secret at these keys, above or below them. */
export function hasSecret(written: JsonValue, keys: readonly string[]): boolean {
  let here: JsonValue | undefined = written
  for (const key of keys) {
    if (secretFile(here) !== null) return true
    here = here === undefined ? undefined : lookUp(here, [key])
  }
  const contains = (value: JsonValue | undefined): boolean =>
    secretFile(value) !== null ||
    (typeof value === 'object' &&
      value !== null &&
      !JSON.isRawJSON(value) &&
      Object.values(value).some(contains))
  return contains(here)
}
