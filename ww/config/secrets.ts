import { readFileSync } from 'node:fs'
import { describeFileError } from './file-error.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'
import { addKey } from './lookup.ts'
import type { Problem } from './problem.ts'

/** A configuration with its secrets read. */
export type WithSecrets = {
  readonly config: JsonObject
  /** The key paths that came from files. */
  readonly secrets: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

/** Reads the content of a secret's file; throws where that cannot be read. */
export type ReadSecret = (path: string) => string

/** The content of a secret's file, without its last line end. */
export const readSecretFile: ReadSecret = (path) => readFileSync(path, 'utf8').replace(/\r?\n$/, '')

/** Replaces every `{"$file": path}` by the content of that file; an empty text where there is a problem. */
export function readSecrets(config: JsonObject, read: ReadSecret = readSecretFile): WithSecrets {
  const secrets = new Set<string>()
  const problems: Problem[] = []
  const readOne = (value: JsonObject, keyPath: string): string => {
    secrets.add(keyPath)
    const { $file: path, ...others } = value
    const [other] = Object.keys(others)
    if (typeof path !== 'string' || path === '')
      problems.push({ keyPath, problem: '"$file" must be the path of a file' })
    else if (other !== undefined)
      problems.push({ keyPath, problem: 'an object with "$file" has no other key', fix: `remove "${other}"` })
    else {
      try {
        return read(path)
      } catch (error) {
        const problem = `cannot read ${path}: ${describeFileError(error)}`
        problems.push({ keyPath, problem, fix: 'mount the secret or correct "$file"' })
      }
    }
    return ''
  }
  const visit = (value: JsonValue, keyPath: string): JsonValue => {
    if (Array.isArray(value)) return value.map((item, index) => visit(item, addKey(keyPath, String(index))))
    if (!isObject(value)) return value
    return Object.hasOwn(value, '$file') ? readOne(value, keyPath) : visitObject(value, keyPath)
  }
  const visitObject = (value: JsonObject, keyPath: string): JsonObject =>
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, addKey(keyPath, key))]))
  return { config: visitObject(config, ''), secrets, problems }
}
