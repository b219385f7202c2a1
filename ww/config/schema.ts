import { Ajv, type ErrorObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { ConfigurationError } from './configuration-error.ts'
import { isObject, type JsonObject, type JsonValue, toPlain } from './json.ts'
import type { Problem } from './problem.ts'
import { describeViolation } from './violation.ts'

/** Checks the configuration against the author's JSON Schema; a ConfigurationError: the schema itself is none. */
export function checkSchema(config: JsonValue, schema: JsonValue, source: string): Problem[] {
  if (!isObject(schema))
    throw new ConfigurationError([{ source, keyPath: '', problem: 'must be a JSON object' }])
  const { $schema: draft, ...rules } = schema
  const validate = compile(draft ?? null, rules, source)
  if (validate(toPlain(config))) return []
  const errors: ErrorObject[] = validate.errors ?? []
  return errors.map((error) => describeViolation(error, source))
}

function compile(draft: JsonValue, rules: JsonObject, source: string): ReturnType<Ajv['compile']> {
  const isOld = typeof draft === 'string' && /draft-0[67]/.test(draft)
  // verbose: each error brings the value and the rules that it violates
  const ajv = new (isOld ? Ajv : Ajv2020)({ allErrors: true, strict: false, verbose: true })
  addFormats.default(ajv)
  try {
    return ajv.compile(rules)
  } catch (error) {
    const problem = `cannot use it: ${error instanceof Error ? error.message : error}`
    throw new ConfigurationError([{ source, keyPath: '', problem }], { cause: error })
  }
}
